import {
  attributeOf,
  codeOf,
  type Dialect,
  type Reading,
  showPart,
  type Tag,
  tagAt,
  valuesIn,
} from '../../markdown/dialect-kit.ts'
import {withChoices} from './choices.ts'

/**
 * Cloudflare’s components: `<Render file="part" product="dns" />` shows a shared part, `<AnchorHeading />` is a heading,
 * `<Plan type="pro" />` says for whom something is.
 */
export const cloudflareComponents: Dialect = {
  name: 'cloudflare-components',
  text: [
    {starts: '<', read: readRender},
    {starts: '<', read: readAnchorHeading},
    {starts: '<', read: readPlan},
  ],
}

function readRender(reading: Reading): boolean {
  const {at} = reading
  const tag = /^<Render(?=[\s/])/.test(at.text.slice(at.p, at.p + 8)) ? tagAt(at.text, at.p) : null
  const path = tag && partOf(reading, tag)
  if (!tag || path === null) return false
  const values = valuesIn(codeOf(tag, 'params'))
  at.advance(tag.end)
  showPart(reading, path, [], (text) => withProperties(withChoices(text, values), values))
  return true
}

/** The text of a part with the properties that it is given; others stay. */
function withProperties(text: string, values: ReadonlyMap<string, string>): string {
  const quoted = (whole: string, before: string, name: string): string =>
    values.has(name) ? before + JSON.stringify(values.get(name)) : whole
  return text
    .replace(/(=)\{\s*props\.(\w+)\s*\}/g, quoted)
    .replace(/(\w:\s*)props\.(\w+)\b/g, quoted)
    .replace(/\{\s*props\.(\w+)\s*\}/g, (whole, name: string) => values.get(name) ?? whole)
}

/** Without `product`, a part belongs to the product of the page: its first folder in the docs. */
function partOf({path, context}: Reading, tag: Tag): string | null {
  const file = attributeOf(tag, 'file')
  if (file === null) return null
  const roots = context.site.contentRoots.filter((folder) => path.startsWith(`${folder}/`))
  const root = roots.reduce((longest, folder) => (folder.length > longest.length ? folder : longest), '')
  const product = attributeOf(tag, 'product') ?? path.slice(root === '' ? 0 : root.length + 1).split('/')[0]!
  return `/${product}/${/\.mdx?$/.test(file) ? file : `${file}.mdx`}`
}

function readAnchorHeading(reading: Reading): boolean {
  const {at, write} = reading
  const tag = at.text.startsWith('<AnchorHeading', at.p) ? tagAt(at.text, at.p) : null
  const title = tag && attributeOf(tag, 'title')
  if (!tag || !title || write.isOneLine || write.hasContent) return false
  const depth = Number(attributeOf(tag, 'depth') ?? codeOf(tag, 'depth'))
  reading.note('jsx:AnchorHeading', 'flattened')
  at.advance(tag.end)
  write.break()
  write.heading(depth >= 1 && depth <= 6 ? depth : 2, reading.inline(title, false), {
    id: attributeOf(tag, 'slug'),
  })
  return true
}

/** What the plans of `<Plan />` are called. */
const plans: Readonly<Record<string, string>> = {
  all: 'Available on all plans',
  paid: 'Available on Paid plans',
  pro: 'Pro and above',
  business: 'Business and above',
  enterprise: 'Enterprise-only',
  'add-on': 'Add-on feature',
  'ent-add-on': 'Enterprise-only paid add-on',
  'workers-all': 'Available on Free and Paid plans',
  'workers-paid': 'Available on Workers Paid plan',
}

function readPlan(reading: Reading): boolean {
  const {at, write} = reading
  const tag = /^<Plan(?=[\s/])/.test(at.text.slice(at.p, at.p + 6)) ? tagAt(at.text, at.p) : null
  const type = (tag && attributeOf(tag, 'type')) ?? ''
  if (!tag || !Object.hasOwn(plans, type)) return false
  reading.note('jsx:Plan', 'flattened')
  at.advance(tag.end)
  write.put(plans[type]!)
  return true
}
