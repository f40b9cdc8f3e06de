/** The stages of retrieval that can be taken away, to see what each is worth. */
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
