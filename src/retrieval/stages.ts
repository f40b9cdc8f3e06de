/** The stages of retrieval that can be left out, to measure what each contributes. */
export const stages = [
  'lexical',
  'semantic',
  'headings',
  'coverage',
  'phrases',
  'passages',
  'similar-words',
  'path',
  'page',
  'links',
  'alike',
  'spelling',
  'follow-up',
  'paste',
  'duplicates',
  'diversity',
] as const

export type Stage = (typeof stages)[number]
