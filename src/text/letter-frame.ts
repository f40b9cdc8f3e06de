import {countContentWords} from './stop-words.ts'

/** Who a salutation addresses. */
const addressed =
  '(?:all|everyone|everybody|team|folks|guys|friends|community|(?:support )?team|support|there|sir|madam|zusammen|alle|leute|damen und herren|a todos|todos|à tous|tous|madame|monsieur)'
const greeting =
  '(?:hi|hello|hey|dear|good (?:morning|afternoon|evening|day)|hallo|moin|guten (?:tag|morgen|abend)|liebes?|sehr geehrte|hola|buen[oa]s (?:días|tardes)|bonjour|salut|ch[eè]re?s?)'
const wish = "(?:(?:i )?hope you(?:'re| are)? (?:all )?(?:doing )?well[.!,]*\\s*)"
const salutation = new RegExp(`^\\s*(?:${greeting}(?: ${addressed})*[,!.\\n]\\s*)+${wish}?`, 'i')

/** How a letter ends: such a word after a sentence or at the beginning of a line, and a name or a wish behind it. */
const signOff =
  /(?<=[.?!…。？！]\s*|\n\s*)(?:(?:many|kind|best|warm|with)\s+)*(?:thanks?(?!\s+to\b)(?: you)?|thx|cheers|regards|sincerely|yours|(?:viele|beste|liebe|freundliche|mit freundlichen)\s+grü(?:ß|ss)en?|vg|mfg|danke|(?:muchas )?gracias|saludos|merci|cordialement)(?![\p{L}\p{N}])[^?？]{0,80}$/iu

/**
 * A text without how a letter begins and ends, in English, German, Spanish and French; unchanged where nothing else would
 * be left.
 */
export function withoutLetterFrame(text: string): string {
  const body = text.replace(salutation, '').replace(signOff, '').trim()
  return countContentWords(body) === 0 ? text : body
}
