import type {Dialect} from '../flattening/dialect.ts'
import {attributeLists} from './attribute-lists.ts'
import {callouts} from './callouts.ts'
import {codeSpans} from './code-spans.ts'
import {definitions} from './definitions.ts'
import {directives} from './directives.ts'
import {dollarComponents} from './dollar-components.ts'
import {fences} from './fences.ts'
import {headings} from './headings.ts'
import {links} from './links.ts'
import {liquid} from './liquid.ts'
import {markup} from './markup.ts'
import {mdx} from './mdx.ts'
import {myst} from './myst.ts'
import {templates} from './templates.ts'

/**
 * The dialects that pages of every site are read in, after those of generators. If constructs begin with the same
 * character, the earlier one is tried first: the end of a directive before the beginning of a fence, MDX expressions after
 * all other braces.
 */
export const commonDialects: readonly Dialect[] = [
  codeSpans,
  directives,
  fences,
  headings,
  callouts,
  definitions,
  dollarComponents,
  markup,
  links,
  templates,
  liquid,
  myst,
  attributeLists,
  mdx,
]
