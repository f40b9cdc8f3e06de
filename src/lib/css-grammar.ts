import type {HLJSApi, Language} from 'highlight.js'

/**
 * CSS, SCSS and Less by their syntax. highlight.js's own grammar lists all properties: it is as large as five other
 * languages, and does not highlight what is newer than its list.
 */
export function css(hljs: HLJSApi): Language {
  const value = [
    hljs.C_BLOCK_COMMENT_MODE,
    hljs.APOS_STRING_MODE,
    hljs.QUOTE_STRING_MODE,
    {scope: 'number', match: /#[0-9a-f]{3,8}\b|[+-]?(?:\d+\.?|\.)\d*(?:[a-z]+|%)?/i},
    {scope: 'variable', match: /--[\w-]+|[$@][\w-]+/},
    {scope: 'built_in', match: /[\w-]+(?=\()/},
    {scope: 'keyword', match: /!\w+/},
  ]
  return {
    name: 'CSS',
    contains: [
      {scope: 'comment', match: /\/\/.*/},
      hljs.C_BLOCK_COMMENT_MODE,
      {scope: 'keyword', match: /@[a-z-]+(?![\w-]*\s*:)/, starts: {end: /(?=[{;])/, contains: value}},
      // A property: unlike behind a selector, there is no brace before the end of its value.
      {
        begin: /(?:--|[$@])?[\w-]+\s*:(?=[^{};]*[;}])/,
        returnBegin: true,
        end: /(?=[;}])/,
        contains: [
          {
            scope: 'attribute',
            match: /(?:--|[$@])?[\w-]+(?=\s*:)/,
            starts: {end: /(?=[;}])/, contains: value},
          },
        ],
      },
      {scope: 'title', match: /[.#&][\w-]+/},
      {scope: 'selector-tag', match: /[a-z][\w-]*/i},
      {scope: 'meta', match: /::?[a-z-]+/},
      hljs.APOS_STRING_MODE,
      hljs.QUOTE_STRING_MODE,
    ],
  }
}
