// Why: which environment this is, and whether anyone said so, decides what may be shown to strangers.

/** The environment's name, and whether it was chosen or is only the default. */
export interface Environment {
  /** `CONTRAIL_ENV`, else `NODE_ENV`, else `development`. */
  readonly name: string
  /**
   * True when `CONTRAIL_ENV` or `NODE_ENV` names it. A process that nobody told its environment is in `development`
   * but keeps its errors to itself, as in production: it may well be a server.
   */
  readonly explicit: boolean
}

export function currentEnvironment(variables: NodeJS.ProcessEnv = process.env): Environment {
  const name = variables['CONTRAIL_ENV'] || variables['NODE_ENV']
  return name ? { name, explicit: true } : { name: 'development', explicit: false }
}

/** In these environments a secret of one's own is not required. */
export function isLocal(environment: Environment): boolean {
  return environment.name === 'development' || environment.name === 'test'
}

/** Whether an error's details (message, stack, source) may be shown to the client. */
export function showsErrors(environment: Environment): boolean {
  return environment.name === 'development' && environment.explicit
}
