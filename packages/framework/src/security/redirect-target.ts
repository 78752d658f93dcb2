// Why: an open redirect lends the site's name to whoever wrote the link (CWE-601).

// biome-ignore lint/suspicious/noControlCharactersInRegex: browsers drop some of these from a URL, and so change what it means
const UNSAFE = /[\x00-\x20\x7f\\]/

/**
 * Checks where a redirect goes: a path of this site, or, only where allowed, another host.
 * @param ownHost the host the client asked for, with its port
 * @throws TypeError when it leads elsewhere without leave, or is no http(s) address
 */
export function checkRedirect(target: string, ownHost: string | undefined, allowOtherHost: boolean): string {
  const encoded = encodeNonAscii(target)
  if (UNSAFE.test(encoded)) {
    throw new TypeError(
      `redirectTo(${JSON.stringify(target)}): a redirect holds no white space, control character or backslash.`,
    )
  }
  if (encoded.startsWith('/') && !encoded.startsWith('//')) return encoded
  if (encoded.startsWith('?')) return encoded
  if (encoded.startsWith('//') || !/^https?:\/\/[^/?#]/i.test(encoded) || !URL.canParse(encoded)) {
    throw new TypeError(
      `redirectTo(${JSON.stringify(target)}): give a path that begins with one slash, or a full http(s) address.`,
    )
  }
  if (!allowOtherHost && new URL(encoded).host !== ownHost) {
    throw new TypeError(
      `redirectTo(${JSON.stringify(target)}) leaves this site (${ownHost ?? 'no Host'}). ` +
        'If that is meant and no stranger can choose the address, pass { allowOtherHost: true }.',
    )
  }
  return encoded
}

function encodeNonAscii(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: everything that is not ASCII
  return text.replace(/[^\x00-\x7f]+/g, (run) => encodeURIComponent(Buffer.from(run).toString()))
}
