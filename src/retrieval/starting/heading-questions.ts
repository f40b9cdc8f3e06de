import {primaryOf, undetermined} from '../../text/language-tags.ts'

const minChars = 4
const maxChars = 90
const maxWords = 13

export interface HeadingContext {
  /** BCP 47; null and `und` count as English. */
  readonly lang: string | null
  /** What the docs are about, as their start page is called; null where that is no name. */
  readonly product: string | null
  /** Whether the page writes a word in lower case, for headings that write each with a capital. */
  readonly lowerCased: (word: string) => boolean
}

/**
 * A heading that says what to do, or asks, as the question that a reader would ask; null for any other heading. Headings
 * in languages whose tasks are not known become one only where they ask.
 */
export function questionOfHeading(heading: string, context: HeadingContext): string | null {
  const plain = plainHeading(heading)
  if (plain === null) return null
  const language = context.lang === null || context.lang === undetermined ? 'en' : primaryOf(context.lang)
  const text = language === 'en' ? sentenceCased(plain, context.lowerCased) : plain
  const question =
    asked(text) ?? (language === 'en' ? englishTask(text, context.product) : task(text, language))
  if (question === null || question.length > maxChars || question.split(/\s+/).length > maxWords) return null
  return question
}

/** Null for headings that are no sentence of their own: steps, code, several sentences. */
function plainHeading(heading: string): string | null {
  const text = heading
    .replace(/[`*_]/g, '')
    .replace(/\s*(?:\([^()]*\)|\[[^[\]]*\])\s*$/, '')
    .replace(/^\d+(?:\.\d+)*[.)]?\s+/, '')
    .replace(/\s+/g, ' ')
    .trim()
  const isApart =
    /^(?:step|example|option|method|part)\b/i.test(text) || /[{}<>|…=;]|\.\s|:\s|\.\.\./.test(text)
  return text.length < minChars || isApart ? null : text
}

/** Questions that say nothing without the page around them. */
const needsPage =
  /^(?:what(?:['’]s| is| comes)? next|why|how(?: does)? it works?|next)\b|\b(?:it|this|that|they|these|those|something|anything|else)\b/i

/** A heading that is a question already. */
function asked(text: string): string | null {
  if (!/[?？؟]$/.test(text) || needsPage.test(text)) return null
  const isLong = /[\u3040-\u30ff\u4e00-\u9fff]/.test(text) || text.split(' ').length >= 3
  return isLong ? text : null
}

const verbs = new Set(
  `access add allow apply assign attach audit authenticate authorize automate back backup build bind call change
  check choose clean clone collect combine compare compile configure connect consume control convert copy create
  customise customize debug declare define delete deploy develop disable discover display download edit embed enable
  encrypt enforce evaluate exclude execute expand export expose extend fetch filter find fix format generate get group
  handle host implement import include inspect install integrate limit link list load log make manage map merge migrate
  modify monitor mount move open optimise optimize organise organize override package parse pass pin plan prepare
  prevent process profile protect provide publish pull push query read receive reference register remove rename render
  replace reset resize restart restore restrict retrieve revoke roll rotate run save scale schedule search secure select
  send serve set setup share show sign sort specify split start stop store stream style submit switch sync test trace
  track train transform translate trigger troubleshoot uninstall update upgrade upload use validate verify version view
  visualise visualize watch work wrap write`.split(/\s+/),
)

/** `configure` of `Configure` and `Configuring`; null for any other word. */
function verbOf(word: string): string | null {
  const lower = word.toLowerCase()
  if (verbs.has(lower)) return lower
  const stem = /^(.+)ing$/.exec(lower)?.[1]
  if (stem === undefined) return null
  const stems = [stem, `${stem}e`, stem.replace(/(.)\1$/, '$1')]
  return stems.find((one) => verbs.has(one)) ?? null
}

/** What cannot be looked for: the task would need the page around it. */
const vague =
  /^(?:it|this|that|them|these|those|here|next|more|all|examples?|help|up|with|an?|the|to|for|tools?|something|else)$/i

/** Verbs whose plain form is as often a noun, as in “Build cache” or “Access control”. */
const nouns = new Set(
  `access build bind call change control copy display download edit export extend filter find fix format group host
  import limit link list load log map mount open override package parse pin plan process profile publish pull push query
  reference release reset restart rotate scale schedule search set share sort split start stop store stream style submit
  switch sync test trace track transform trigger update upgrade use version view watch work wrap`.split(
    /\s+/,
  ),
)
const afterVerb =
  /^(?:an?|the|your|my|all|any|each|multiple|several|custom|new|existing|another|different|with|to|from|in|on|for|up|as|and|or)$/i

function englishTask(heading: string, product: string | null): string | null {
  const text = heading.replace(/[.!]$/, '')
  const [, not, rest] = /^when (not )?to (.+)/i.exec(text) ?? []
  if (rest !== undefined && !needsPage.test(text)) return `When should I ${not ?? ''}${toReader(rest)}?`
  if (/^(?:install|installing|installation)$/i.test(text)) return product && `How do I install ${product}?`
  const begin = /^(?:get|getting) started(?: with (.+))?$/i.exec(text)
  if (begin !== null) {
    const subject = begin[1] ?? product
    return subject === null ? 'How do I get started?' : `How do I get started with ${toReader(subject)}?`
  }
  const words = text.replace(/^how to /i, '').split(' ')
  const isHowTo = words.join(' ') !== text
  // “SHOW TABLES” is code.
  const verb = /^\p{Lu}{2,}$/u.test(words[0]!) ? null : verbOf(words[0]!)
  if (verb === null && !isHowTo) return null
  if (!isHowTo && nouns.has(words[0]!.toLowerCase()) && !afterVerb.test(words[1] ?? '')) return null
  words[0] = verb ?? words[0]!.toLowerCase()
  const isTwo = /^(?:and|or)$/i.test(words[1] ?? '')
  if (isTwo) {
    // “Install and manage”: both are what to do.
    const second = verbOf(words[2] ?? '')
    if (second === null) return null
    words[2] = second
  }
  const object = words.slice(isTwo ? 3 : 1)
  const isWithoutObject = /^(?:when|if|while|after|before|once|only)$/i.test(object[0] ?? '')
  if (isWithoutObject || object.every((word) => vague.test(word))) return null
  return `How do I ${toReader(words.join(' '))}?`
}

/** From the page's view to the reader's. */
function toReader(text: string): string {
  return text
    .replace(/\byourself\b/gi, 'myself')
    .replace(/\byours\b/gi, 'mine')
    .replace(/\byour\b/gi, 'my')
    .replace(/\b(?:if|when|before|after|that|what) you\b/gi, (words) => words.replace(/you$/i, 'I'))
}

const small = /^(?:an?|and|as|at|by|for|from|in|is|of|on|or|should|the|to|up|with|your)$/i

/**
 * A heading that writes most words with a capital, with those in lower case that the page writes so. A word before one
 * that keeps its capital keeps its own: together they are a name.
 */
function sentenceCased(text: string, lowerCased: (word: string) => boolean): string {
  let isInName = false
  return text
    .split(' ')
    .reverse()
    .map((word, i, {length}) => {
      if (i === length - 1) return word
      if (small.test(word)) {
        isInName = false
        return word.toLowerCase()
      }
      const isCapital = /^\p{Lu}[\p{Ll}-]+[?,]?$/u.test(word)
      isInName = isCapital && (isInName || !lowerCased(word.toLowerCase().replace(/[?,]$/, '')))
      return isCapital && !isInName ? word.toLowerCase() : word
    })
    .reverse()
    .join(' ')
}

/** How headings say what to do in other languages, and the question that they become. */
const tasks: Readonly<Record<string, readonly (readonly [heading: RegExp, question: string])[]>> = {
  de: [
    [
      /^((?:\p{L}|\d).* (?:installieren|einrichten|konfigurieren|erstellen|anlegen|verwenden|nutzen|ändern|löschen|entfernen|hinzufügen|bereitstellen|aktualisieren|starten|testen|prüfen|verbinden|einbinden|importieren|exportieren|aktivieren|verwalten|schreiben|übersetzen|betreiben))$/u,
      'Wie kann ich $1?',
    ],
  ],
  fr: [
    [/^[Cc]omment (.+)$/, 'Comment $1 ?'],
    [
      /^((?:installer|configurer|créer|utiliser|déployer|ajouter|supprimer|modifier|démarrer|activer|connecter|gérer|écrire) .+)$/i,
      'Comment $1 ?',
    ],
  ],
  es: [
    [/^[Cc]ómo (.+)$/, '¿Cómo $1?'],
    [
      /^((?:instalar|configurar|crear|usar|utilizar|desplegar|añadir|eliminar|cambiar|iniciar|activar|conectar|gestionar|escribir) .+)$/i,
      '¿Cómo $1?',
    ],
  ],
  ja: [[/^(.{2,}方法)$/, '$1は？']],
  zh: [
    [/^(如何.{2,})$/, '$1？'],
    [/^((?:安装|配置|创建|使用|部署|添加|删除|修改|启动|启用|连接|管理|编写).{2,})$/, '如何$1？'],
  ],
}

function task(text: string, language: string): string | null {
  for (const [heading, question] of tasks[language] ?? []) {
    const found = heading.exec(text)?.[1]
    // Verbs begin these headings, and their capital goes in the middle of a question. In German the verb is last, and a noun keeps its capital.
    if (found === undefined) continue
    const isNoun =
      language === 'de' &&
      !/^(?:d(?:er|ie|as|en)|(?:k|m|d|s)?eine?[nm]?|mehrere|neue[ns]?|eigene[ns]?) /i.test(found)
    const words = isNoun ? found : found.charAt(0).toLowerCase() + found.slice(1)
    return question.replace('$1', () => words)
  }
  return null
}
