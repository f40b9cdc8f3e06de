import {compareDiagnostics, type Diagnostic} from '../domain/index.ts'
import {type FidelityNote, neverClosed} from './fidelity.ts'
import type {WithoutLongRuns} from './long-runs.ts'
import type {FoundCharacters} from './normalise-text.ts'
import type {UnreadLine} from './unread-text.ts'

/** Maximum number of warnings of one kind about lost text for one page. */
const maxLosses = 20

/** Collects what is to be said about one page. */
export class PageDiagnostics {
  readonly #path: string
  readonly #collected: Diagnostic[]

  constructor(path: string, known: readonly Diagnostic[]) {
    this.#path = path
    this.#collected = [...known]
  }

  get sorted(): readonly Diagnostic[] {
    return this.#collected.toSorted(compareDiagnostics)
  }

  report(
    rule: string,
    severity: Diagnostic['severity'],
    line: number | null,
    reason: string,
    hint?: string,
  ): void {
    const diagnostic = {path: this.#path, line, column: null, rule, severity, reason}
    this.#collected.push(hint ? {...diagnostic, hint} : diagnostic)
  }

  addAll(diagnostics: readonly Diagnostic[]): void {
    this.#collected.push(...diagnostics)
  }

  hiddenCharacters(hidden: FoundCharacters | null): void {
    if (hidden === null) return
    this.report('hidden-characters', 'info', hidden.line, `${hidden.count} invisible characters were removed`)
  }

  controlCharacters(controls: FoundCharacters | null): void {
    if (controls === null) return
    const {count, line} = controls
    const removed = count === 1 ? 'a control character was' : `${count} control characters were`
    this.report('control-characters', 'warning', line, `${removed} removed`, 'Delete them in an editor.')
  }

  longRuns(cut: WithoutLongRuns['cut']): void {
    if (cut === null) return
    const {count, line} = cut
    const cutOut = count === 1 ? 'a long run of encoded data was' : `${count} long runs of encoded data were`
    this.report('encoded-data', 'info', line, `${cutOut} left out`, 'Keep pictures in files of their own.')
  }

  /** Text inside of constructs that could not be read. */
  lostText(notes: readonly FidelityNote[]): void {
    for (const {construct, line, words, detail} of notes.filter((note) => note.words).slice(0, maxLosses)) {
      const lost = words === 1 ? 'a word' : `${words} words`
      if (detail === neverClosed)
        this.#lost(line, `${construct} is never closed and hides ${lost}`, 'Close it.')
      else
        this.#lost(
          line,
          `${lost} that readers see in ${construct} cannot be read`,
          'Write them as text of the page, or as plain strings in properties.',
        )
    }
  }

  /** Lines of the source that no passage has; `offset` is added to their numbers. */
  unreadLines(unread: readonly UnreadLine[], offset: number): void {
    for (const {line, words} of unread.slice(0, maxLosses))
      this.#lost(
        line + offset,
        `${words} words of this line did not reach the index, for no known reason`,
        'Write it as plain Markdown, and report it as a bug in Docent.',
      )
  }

  repeatedAnchors(repeated: readonly {readonly anchor: string; readonly line: number}[]): void {
    for (const {anchor, line} of repeated) {
      const reason = `the anchor #${anchor} is used twice`
      this.report('duplicate-anchor', 'warning', line, reason, 'Links open the first one.')
    }
  }

  #lost(line: number, reason: string, hint: string): void {
    this.report('lost-text', 'warning', line, reason, hint)
  }
}
