/** A call such as `domxref("Window.alert", "alert()")`. */
export interface MacroCall {
  readonly name: string
  readonly args: readonly string[]
}

/** Parses a KumaScript call without its `{{…}}`; null for anything else. */
export function macroCall(inside: string): MacroCall | null {
  const match = /^\s*([A-Za-z][\w-]*)\s*(?:\(([\s\S]*)\))?\s*$/.exec(inside)
  if (!match) return null
  const args = [...(match[2] ?? '').matchAll(/"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|([^\s,"']+)/g)].map(
    (arg) => (arg[1] ?? arg[2] ?? arg[3] ?? '').replace(/\\(.)/g, '$1'),
  )
  return {name: match[1]!, args}
}

/**
 * What a KumaScript macro shows, as Markdown; null for an unknown name, so that other dialects can read the braces.
 */
export function macroText({name, args}: MacroCall): string | null {
  const key = name.toLowerCase()
  if (codeReferences.has(key)) {
    const text = args[1] || args[0] || ''
    if (text === '') return ''
    const shown =
      key === 'cssxref' || args[1]
        ? text
        : text.replace(/\/.*$/, (tail) => (key === 'domxref' ? `.${tail.slice(1)}` : tail))
    const framed = key === 'htmlelement' || key === 'svgelement' || key === 'mathmlelement'
    return `\`${framed && !args[1] ? `<${shown}>` : shown.replaceAll('`', '')}\``
  }
  if (textReferences.has(key)) return args[1] || args[0] || ''
  if (key === 'bug') return `bug ${args[0] ?? ''}`
  if (key === 'rfc') return `RFC ${args[0] ?? ''}${args[1] ? `: ${args[1]}` : ''}`
  if (key === 'httpstatus') return `\`${args[1] || args[0] || ''}\``
  if (key in badges) return badges[key]!
  if (hiddenMacros.has(key) || /(?:sidebar|ref|links|menu)$/.test(key)) return ''
  return null
}

const set = (names: string): ReadonlySet<string> => new Set(names.split(' '))

const codeReferences = set(
  'domxref jsxref cssxref htmlelement svgelement svgattr mathmlelement httpheader httpmethod csp htmlattrxref htmlattrdef webextapiref event interwiki xref_csslength svginfo cssref_value webextallexamples',
)
const textReferences = set('glossary anchor link xsltref interface xpathref gecko_minversion_inline')
const badges: Readonly<Record<string, string>> = {
  deprecated_header: '**Deprecated**',
  deprecated_inline: '(Deprecated)',
  experimental_inline: '(Experimental)',
  seecompattable: '**Experimental**',
  optional_inline: '(Optional)',
  readonlyinline: '(Read only)',
  non_standard_header: '**Non-standard**',
  'non-standard_header': '**Non-standard**',
  non_standard_inline: '(Non-standard)',
  'non-standard_inline': '(Non-standard)',
  securecontext_header: '**Secure context**',
  securecontext_inline: '(Secure context)',
  obsolete_header: '**Obsolete**',
  obsolete_inline: '(Obsolete)',
}
const hiddenMacros = set(
  'compat specifications apiref jsref cssref svgref htmlref httpsidebar embedlivesample embedghlivesample embedinteractiveexample interactiveexample inheritancediagram previousnext previous next previousmenu nextmenu previousmenunext listsubpages listsubpagesforsidebar quicklinkswithsubpages subpageswithsummaries landingpagelistsubpages cssinfo cssformaldefinition csssyntax csssyntaxraw csssyntax svginfo availableinworkers defaultapisidebar gamessidebar addonsidebar glossarysidebar learnsidebar mdnsidebar webassemblysidebar accessibilitysidebar mathmlref pwasidebar firefoxsidebar xsltsidebar xpathsidebar webextexamples webextallcompattables js_property_attributes embedyoutube apilistalpha groupdata listgroups livesamplelink',
)
