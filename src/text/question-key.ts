/**
 * Words that change nothing about what is asked: articles, pronouns, forms of polite asking. Words that ask (how, what,
 * when), deny, or say a direction (from, without, before) are none of them: with another one it is another question.
 * Languages without a list fold case and punctuation only.
 */
const emptyWords: Readonly<Record<string, string>> = {
  en: 'a an the i me my we us our you your one do does did is are was were be am been can could will would shall there please hi hello hey thanks thank exactly actually just to of',
  de: 'der die das den dem des ein eine einen einem einer ich mich mir mein meine meinen wir uns unser du sie man ist sind war kann kannst können könnte könnten werden wird bitte hallo danke denn eigentlich genau mal zu',
  fr: 'le la les un une des du de je me mon ma mes on nous notre vous votre est sont peut peux puis pouvez être svp bonjour merci exactement',
  es: 'el la los las un una unos unas yo me mi mis nosotros nuestro usted su se es son está puedo puede podemos hola gracias favor por exactamente de',
  it: 'il lo la i gli le un uno una io mi mio mia noi nostro si è sono posso può possiamo ciao grazie favore per esattamente di',
  pt: 'o a os as um uma eu me meu minha nós nosso você seu se é são está posso pode podemos olá obrigado obrigada favor por exatamente de',
  nl: 'de het een ik me mij mijn wij we ons je jij jouw u uw men is zijn was kan kun kunt kunnen zou hallo bedankt alsjeblieft precies eigenlijk te',
}

const listed = new Map(
  Object.entries(emptyWords).map(([lang, words]) => [lang, new Set(words.split(' '))] as const),
)

/** Articles and pronouns that stand before a word without a space, in these languages. */
const elisions = /(?<=^|[\s"“«(])(?:[dljmts]|un|all|dell)'(?=\p{L})/gu
const hasElisions = new Set(['fr', 'it'])

/** Marks that a word may begin or end with and that are not part of it, as quotes, brackets and the ends of sentences. */
const before = /^[\s"'“”„‘’«»‹›([{<`*¿¡]+/u
const after = /[\s"'“”„‘’«»‹›)\]}>`*?!.,;:…。？！，；：、؟]+$/u

/**
 * Two questions with the same key are the same question: equal after folding case, Unicode forms, white space,
 * punctuation around words and empty words. Symbols of names stay, as in `C++`, `--port` and `.env`, and so does the order.
 * Empty for a text without words.
 * @param lang the language of the question, BCP 47; null where it is not known
 */
export function questionKey(question: string, lang: string | null): string {
  const language = lang?.toLowerCase().replace(/-.*/, '') ?? ''
  const empty = listed.get(language)
  const words = question
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[’‘ʼ]/g, "'")
    .replace(/\b(what|how|where|who|when|why|it|that|there)'s\b/g, '$1 is')
    .replace(hasElisions.has(language) ? elisions : /$^/, '')
    .split(/\s+/u)
    .map((word) => word.replace(before, '').replace(after, ''))
    .filter((word) => word !== '')
  const telling = words.filter((word) => !empty?.has(word))
  return (telling.length > 0 ? telling : words).join(' ')
}
