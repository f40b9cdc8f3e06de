/** Only letters and digits, in lower case: what two texts share although they are set differently. */
export function lettersAndDigits(text: string): string {
  return text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '')
}
