// Why: Node's decoder passes over foreign characters, ignores unused bits and takes both alphabets. What is sealed must
// have one spelling.

/** The bytes that a text in padded base64 (RFC 4648, section 4) stands for; undefined when they are spelt otherwise. */
export function decodeBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64')
  return bytes.toString('base64') === text ? bytes : undefined
}

/** As {@link decodeBase64}, but of the alphabet for URLs (section 5), with its padding. */
export function decodePaddedBase64url(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64url')
  return bytes.toString('base64url').padEnd(Math.ceil(bytes.length / 3) * 4, '=') === text ? bytes : undefined
}
