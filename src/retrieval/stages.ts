/** The stages of retrieval that can be left out, to measure what each contributes. */
export const stages = [
  'lexical',
  'semantic',
  'headings',
  'coverage',
  'phrases',
  'page',
  'spelling',
  'follow-up',
  'duplicates',
  'diversity',
] as const

export type Stage = (typeof stages)[number]
