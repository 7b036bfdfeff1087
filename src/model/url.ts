/** URLs as they may be shown. */

/** Every URL in a text without its user and password. */
export function redactedUrl(text: string): string {
  return text.replaceAll(/\/\/[^@/\s]*@/g, '//');
}
