import {
  attributeOf,
  type Dialect,
  includeWhole,
  type Reading,
  type Tag,
  tagAt,
} from '../../markdown/dialect-kit.ts'

/** Components that show a shared part: Cloudflare’s `<Render file="part" product="dns" />`, Supabase’s `<$Partial path="part.mdx" />`. */
export const partialComponents: Dialect = {
  name: 'partial-components',
  text: [{starts: '<', read: readPartial}],
}

function readPartial(reading: Reading): boolean {
  const {at, write} = reading
  const name = /^<(Render|\$Partial)(?=[\s/])/.exec(at.text.slice(at.p, at.p + 12))?.[1]
  if (name === undefined) return false
  const length = name.length - name.replace('$', '').length
  const tag = tagAt(length === 0 ? at.text : at.text.slice(at.p).replace('$', ''), length === 0 ? at.p : 0)
  const path = tag && pathOf(reading, tag)
  if (!tag || path === null) return false
  at.advance(length === 0 ? tag.end : at.p + tag.end + length)
  write.break()
  includeWhole(reading, path, 'include', [
    '_partials',
    'partials',
    'src/content/partials',
    'content/_partials',
  ])
  return true
}

/** Without `product`, a part belongs to the product of the page: its first folder in the docs. */
function pathOf({path, context}: Reading, tag: Tag): string | null {
  const own = attributeOf(tag, 'path')
  if (own !== null) return `/${own}`
  const file = attributeOf(tag, 'file')
  if (file === null) return null
  const roots = context.site.contentRoots.filter((folder) => path.startsWith(`${folder}/`))
  const root = roots.reduce((longest, folder) => (folder.length > longest.length ? folder : longest), '')
  const product = attributeOf(tag, 'product') ?? path.slice(root === '' ? 0 : root.length + 1).split('/')[0]!
  return `/${product}/${/\.mdx?$/.test(file) ? file : `${file}.mdx`}`
}
