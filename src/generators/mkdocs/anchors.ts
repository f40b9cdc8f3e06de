import type {AnchorRule} from '../shared/anchor-rules.ts'
import {isRecord, memberOf} from '../shared/config-values.ts'
import type {Config} from './config.ts'

/** The functions that a project may choose for its anchors. */
export type Slugs = 'ascii' | 'unicode' | 'lower' | 'cased'

export function slugsOf(toc: Config | null): Slugs {
  const slugify = toc?.['slugify']
  if (typeof slugify === 'string') {
    if (/slugify_unicode$/.test(slugify)) return 'unicode'
    if (/uslugify_cased/.test(slugify)) return 'cased'
    if (/uslugify|slugify$/.test(slugify)) return 'lower'
  }
  if (!isRecord(slugify)) return 'ascii'
  const letterCase = memberOf(slugify, 'kwds', 'case') ?? slugify['case']
  return letterCase === undefined || letterCase === 'none' ? 'cased' : 'lower'
}

/** The same as Python-Markdown's `unique`: `_1`, and `_2` after a name that ends so. */
function numbered(slug: string, used: ReadonlySet<string>): string {
  let id = slug
  while (id === '' || used.has(id)) {
    const number = /^(.*)_(\d+)$/.exec(id)
    id = number ? `${number[1]}_${Number(number[2]) + 1}` : `${id}_1`
  }
  return id
}

/** PyMdown's `slugify`: spaces are not joined. */
function uslugify(text: string): string {
  return text
    .normalize('NFC')
    .trim()
    .replace(/[^\p{L}\p{N}_\- ]/gu, '')
    .replaceAll(' ', '-')
}

export const anchorRules: Readonly<Record<Slugs, AnchorRule>> = {
  // The function `slugify` of Python-Markdown's toc extension.
  ascii: {
    slug: (text) =>
      spaced(
        text
          .normalize('NFKD')
          .replace(/[^\u0000-\u007f]/g, '')
          .replace(/[^\w\s-]/g, ''),
      ),
    unique: numbered,
    avoidsExplicit: true,
  },
  // Its function `slugify_unicode`.
  unicode: {
    slug: (text) => spaced(text.replace(/[^\p{L}\p{N}_\s-]/gu, '')),
    unique: numbered,
    avoidsExplicit: true,
  },
  lower: {slug: (text) => uslugify(text).toLowerCase(), unique: numbered, avoidsExplicit: true},
  cased: {slug: uslugify, unique: numbered, avoidsExplicit: true},
}

function spaced(text: string): string {
  return text
    .trim()
    .toLowerCase()
    .replace(/[-\s]+/g, '-')
}
