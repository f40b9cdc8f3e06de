/**
 * What extraction knows of English. Every rule here only adds to a score or keeps something out of an answer: in other
 * languages none of them matches, and what is left (shared words, headings, position, kind of unit) holds for all.
 */

/** What a question asks for, as far as its words show. */
export interface QuestionIntent {
  readonly howTo: boolean
  readonly definition: boolean
  readonly yesOrNo: boolean
  readonly figure: boolean
}

const howTo =
  /\b(?:(?:can|could) (?:i|we|you)|is it possible|how(?! (?:long|many|much|often|fast|big|large|old|far)\b)|steps?|create|set ?up|install|configure|enable|run|deploy|add|change|write|example|command|way to)\b/i
const figure =
  /\b(?:how (?:long|many|much|often|fast|big|large|old|far)|limit|maximum|minimum|default|which version|since when)\b/i
const definition = /^\W*(?:what(?:'s| is| are| does \S+ (?:mean|do))|who is|define|explain|describe)\b/i
const yesOrNo =
  /^\W*(?:can|could|does|do|did|is|are|was|will|would|should|may|must|has|have|am)\b(?! not sure)/i
export function intentOf(question: string, terms: number): QuestionIntent {
  return {
    howTo: howTo.test(question),
    definition: definition.test(question) || terms <= 3,
    yesOrNo: yesOrNo.test(question),
    figure: figure.test(question),
  }
}

/** Stop words that change what a sentence means. */
export const modifiers = ['off', 'without', 'before', 'after', 'between', 'only', 'all', 'every', 'until']

/** Says that the question is about documentation, and nothing else. */
const preamble =
  /\b(?:according to|based on|as per|in) (?:the|your|this) (?:docs?|documentation|manual|guide|page)\b,?/gi
/** Where a question goes on with another one. */
const anotherPart =
  /(?:[?？]\s+(?=\S)|;\s+|,?\s+\band\b\s+(?=(?:how|what|which|when|where|why|who|can|could|does|do|is|are|should|will)\b)|,\s*(?:and\s+)?(?=(?:how|what|which|when|where|why|who)\b))/i

/** A part without a word of a question, and without a verb in front, asks nothing, as "With Vitest,": it belongs to the next. */
const asking =
  /\b(?:how|what|which|when|where|why|who)\b|^\W*(?:and |or )?(?:can|could|do|does|did|is|are|was|were|will|would|should|must|may|has|have)\b/i

/** A shorter part, in words, belongs to the one before. */
const minPartWords = 3
const maxParts = 3

/** The parts of a question that ask different things; the question itself where it asks one. Never empty. */
export function partsOfQuestion(question: string): readonly string[] {
  const parts: string[] = []
  for (const part of question.replace(preamble, ' ').split(anotherPart)) {
    const isShort = part.trim().split(/\s+/).length < minPartWords
    const introduces = parts.length > 0 && !asking.test(parts.at(-1)!)
    if (parts.length > 0 && (isShort || introduces || parts.length === maxParts))
      parts.push(`${parts.pop()} ${part}`)
    else if (part.trim() !== '') parts.push(part)
  }
  return parts.length > 0 ? parts : [question]
}

/** Begins with a word that refers to the sentence before, or continues it. */
export const pointsBack =
  /^(?:it|its|this|that|these|those|they|them|their|such|he|she|however|otherwise|then|also|and|but|so|both|else|either|neither|instead|therefore|thus|hence|similarly|likewise|additionally|furthermore|moreover|conversely|nevertheless|afterwards|alternatively|for (?:example|instance)|in (?:this|that|these|those|such|some of those) |in (?:addition|other words)|as a result|as such|to (?:do|solve|avoid|fix) (?:this|so|that)|by doing (?:so|this)|after (?:that|this)|on the other hand|more specifically|the (?:former|latter|above|same)|another|one of (?:these|them))\b/i

/** Refers the reader to another place instead of answering. */
export const pointsElsewhere =
  /^(?:please )?(?:also )?(?:for (?:more|further|additional|full|complete|other|a complete|a full|details)\b|see\b|to learn\b|refer to\b|read\b|learn more|check out\b|visit\b|you can (?:also )?(?:read|find|learn) more)/i

/** Describes the page instead of answering. */
export const describesPage =
  /^(?:(?:in )?this (?:page|guide|section|tutorial|topic|document|chapter|article|exercise)\b|the following (?:section|topic|page)s?\b)/i

/** Speaks of something beside it, as a picture, that is not quoted with it. */
export const pointsBeside =
  /\b(?:(?:image|picture|screenshot|diagram|figure|graph|chart|illustration)s?\b.{0,20}\b(?:below|above|shows?|following)|(?:below|above|following) (?:image|picture|screenshot|diagram|figure|graph|chart)|as (?:shown|seen|mentioned|described|noted) (?:above|earlier|before|previously))\b/i

/** Labels of notes and warnings, which are no headings: what stands under them may be about anything. */
export const admonition =
  /^(?:notes?|warnings?|cautions?|tips?|info|important|danger|hints?|attention|remarks?|notice|beware|pitfall|details?)$/i

/** Headings of lists of further reading. */
export const navigationHeading =
  /^(?:what'?s next|next steps?|see also|where (?:do i|to) go|further reading|related\b|learn more|more (?:information|resources)|additional resources|references?$|resources$|in this (?:page|section|guide))/i

/** Announces what a program printed. */
export const announcesOutput = /^(?:the |sample |example |expected )*(?:output|result|response)s?\b[^.]*:$/i

/** Instructs the reader to do something. */
export const instructs =
  /^(?:to \w+|if you|(?:then |now |first,? |next,? )?(?:set|use|run|add|create|open|install|put|click|go to|select|choose|enable|disable|start|stop|call|send|pass|write|make|give|ask|type|enter|copy|download|configure|define|specify|change|edit|remove|delete|apply|connect|import|wrap|declare|return|provide|avoid|ensure)\b)|\byou (?:can|could|need|must|should|have to|may|might)\b|\b(?:use|using)\b/i

/** Forbids, excludes or says what is not the case. */
export const negates =
  /\b(?:not|no|never|cannot|can't|doesn't|don't|isn't|won't|without|only|unless|except|instead|unsupported|must)\b/i

const definingVerb =
  /\s(?:is|are|means|provides?|allows?|enables?|lets|helps|combines?|represents?|refers to|controls?|specifies|determines)\s/i

/** What a sentence says something about: the words before its first defining verb; null where it has none near its start. */
export function definedSubject(sentence: string): string | null {
  const verb = definingVerb.exec(sentence)
  return verb === null || verb.index > 80 ? null : sentence.slice(0, verb.index)
}
