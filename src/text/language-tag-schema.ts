import {z} from 'zod'
import {canonicalTag} from './language-tags.ts'

/** A language tag (BCP 47) in its canonical form, wherever one is given: in requests, to tools, by staff. */
export const languageTag = z
  .string()
  .max(100)
  .transform((text, context) => {
    const tag = canonicalTag(text)
    if (tag !== null) return tag
    context.addIssue({code: 'custom', message: 'must be a language tag (BCP 47) such as de or pt-BR'})
    return z.NEVER
  })
  // For whoever reads the schema: `Intl` decides.
  .meta({pattern: '^\\s*[A-Za-z]{2,8}([-_][A-Za-z0-9]{1,8})*\\s*$', examples: ['de', 'pt-BR']})
