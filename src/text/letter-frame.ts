import {countContentWords} from './stop-words.ts'

/** Who a salutation addresses. */
const addressed =
  '(?:all|everyone|everybody|team|folks|guys|friends|community|(?:support )?team|support|there|sir|madam|zusammen|alle|leute|damen und herren|a todos|todos|à tous|tous|madame|monsieur)'
const greeting =
  '(?:hi|hello|hey|dear|good (?:morning|afternoon|evening|day)|hallo|moin|guten (?:tag|morgen|abend)|liebes?|sehr geehrte|hola|buen[oa]s (?:días|tardes)|bonjour|salut|ch[eè]re?s?)'
const wish = "(?:(?:i )?hope you(?:'re| are)? (?:all )?(?:doing )?well[.!,]*\\s*)"
const salutation = new RegExp(`^\\s*(?:${greeting}(?: ${addressed})*[,!.\\n]\\s*)+${wish}?`, 'i')

const closing =
  '(?:(?:many|kind|best|warm|with)\\s+)*(?:thanks?(?!\\s+to\\b)(?: you)?|thx|cheers|regards|sincerely|yours|(?:viele|beste|liebe|freundliche|mit freundlichen)\\s+grü(?:ß|ss)en?|vg|mfg|danke|(?:muchas )?gracias|saludos|merci|cordialement)'
/** What a letter thanks for. */
const wished =
  "(?:in advance|a lot|so much|very much|again|all|everyone|for (?:any|your|the|all) (?:help|time|support|advice|answers?|assistance)|im voraus|vorab|für (?:die|eure|ihre|deine|jede) (?:hilfe|mühe|antwort)|d['’]avance|beaucoup|pour votre (?:aide|réponse)|por (?:su|tu|la|vuestra) (?:ayuda|respuesta)|de antemano)"
const closingPhrase = `${closing}(?![\\p{L}\\p{N}])(?:\\s+${wished}(?![\\p{L}\\p{N}]))*`
const closingAfterSentence = new RegExp(`(?<=[.?!…]\\s+|[。？！]\\s*|\\n\\s*)${closingPhrase}`, 'giu')
const closingAtStart = new RegExp(`^(?:and |und |et |y |& )?${closingPhrase}[\\s,.!–-]*`, 'iu')

/** Lines that a mail program adds. */
const deviceLine =
  /\n\s*(?:sent from my|get outlook for|gesendet von mein|von meinem|envoyé de(?:puis)? mon|enviado desde mi)[^\n?？]{0,40}\s*$/iu

/** Most lines of a signature: a name, a role, a company. */
const maxSignatureLines = 4
const nameLine = /^\p{L}[\p{L}.'’-]*(?:[ ,&]+\p{L}[\p{L}.'’-]*){0,4}$/u

/**
 * A text without how a letter begins and ends, in English, German, Spanish and French; unchanged where nothing else would
 * be left.
 */
export function withoutLetterFrame(text: string): string {
  const body = withoutSignOff(text.replace(salutation, '').replace(deviceLine, '')).trim()
  return countContentWords(body) === 0 ? text : body
}

/** A word of thanks ends a letter where only a name is behind it: "Merci de me dire comment …" asks. */
function withoutSignOff(text: string): string {
  for (const {0: phrase, index} of text.matchAll(closingAfterSentence))
    if (isSignature(text.slice(index + phrase.length))) return text.slice(0, index)
  return text
}

/** Whether what is behind a closing phrase is nothing but further ones and a name, perhaps with a role and a company. */
function isSignature(text: string): boolean {
  const rest = text.replace(/^[\s,.!–-]+/, '')
  const withoutClosing = rest.replace(closingAtStart, '')
  if (withoutClosing !== rest) return isSignature(withoutClosing)
  if (rest.trim() === '') return true
  const lines = rest.split('\n').map((line) => line.trim().replace(/[.,!]+$/, ''))
  const said = lines.filter((line) => line !== '')
  // Right behind the phrase, only a capital tells a name from a word: "thanks page" is none.
  const isName = /^\p{Lu}/u.test(rest) || (/^[,.!–\s-]*\n|^,/.test(text) && !/\s/.test(said[0]!))
  return isName && said.length <= maxSignatureLines && said.every((line) => nameLine.test(line))
}
