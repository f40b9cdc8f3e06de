/** What a generator's own reader decides about syntax that dialects share. */
export interface SyntaxRules {
  /** Double braces are templates: always, never, or if the page looks like it. */
  readonly templates: boolean | 'guessed'
  /** Pages are Vue components, in which braces are no MDX expressions. */
  readonly vue: boolean
  /** Lines of Rust code that begin with `# ` are compiled and not shown. */
  readonly hiddenRustLines: boolean
  /** Shortcodes run in code too, where an unknown one shows nothing. */
  readonly shortcodesInCode: boolean
  /** Liquid runs in code too, so that what it must not run stands between `{% raw %}` and `{% endraw %}`. */
  readonly liquidInCode: boolean
  /** Lines that begin with `%` are comments, and `+++` separates blocks. */
  readonly mystLines: boolean
  /** Comments that mark lines of code for a highlighter: a line that has nothing else is not shown. */
  readonly magicComments: readonly string[]
  /** The words after the language of a code block are its title. */
  readonly codeTitles: boolean
  /** Marks inside a line that extensions of Python-Markdown add. */
  readonly inlineMarks: readonly InlineMark[]
}

/**
 * `++ctrl+k++`, `==marked==`, `^^inserted^^`, and the edits of CriticMarkup as they are shown, accepted or rejected:
 * `{--deleted--}`, `{++added++}`, `{~~before~>after~~}`, `{==marked==}`, `{>>comment<<}`.
 */
export type InlineMark = 'keys' | 'mark' | 'caret' | 'critic-view' | 'critic-accept' | 'critic-reject'

/** Plain Markdown. */
export const plainSyntax: SyntaxRules = {
  templates: 'guessed',
  vue: false,
  hiddenRustLines: false,
  shortcodesInCode: false,
  liquidInCode: false,
  mystLines: false,
  magicComments: ['highlight-next-line', 'highlight-start', 'highlight-end'],
  codeTitles: false,
  inlineMarks: [],
}
