// Why: a developer who runs a command has said enough: it is development, unless the environment says otherwise.

/** Makes the environment explicit for the app that is about to be loaded. */
export function chooseEnvironment(name: string | undefined): void {
  if (name !== undefined) process.env['CONTRAIL_ENV'] = name
  else if (!process.env['CONTRAIL_ENV'] && !process.env['NODE_ENV']) process.env['CONTRAIL_ENV'] = 'development'
}
