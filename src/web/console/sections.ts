import {html, LitElement, type TemplateResult} from 'lit'
import type {ConsoleContext} from './context.ts'
import type {Arrival} from './router.ts'

/** A view, in a script of its own that is loaded when the view is first opened. */
export interface View {
  /** What the staff API asks of whoever opens it, where that is not what the section asks. */
  readonly permission?: string
  /** Defines its elements. */
  readonly load: () => Promise<void>
  readonly render: (given: Given) => TemplateResult
}

export interface Given {
  readonly context: ConsoleContext
  /** Without a question mark. */
  readonly query: string
  readonly arrival: Arrival
}

export interface Section {
  /** As in its address: `/console/NAME`. */
  readonly name: string
  /** In the navigation. */
  readonly label: string
  /** What the staff API asks of whoever opens it. */
  readonly permission: string
  /** The view at the rest of an address: `['ID']` of `/console/transcripts/ID`. Null where there is none. */
  readonly viewOf: (rest: readonly string[]) => View | null
}

const transcriptList: View = {
  load: async () => {
    const {TranscriptsView} = await import('./list/transcripts-view.ts')
    define({'docent-transcripts': TranscriptsView})
  },
  render: ({context, query, arrival}) =>
    html`<docent-transcripts .context=${context} .query=${query} .arrival=${arrival}></docent-transcripts>`,
}

const handoverList: View = {
  permission: 'hand_over',
  load: async () => {
    const {HandoversView} = await import('./handover/handovers-view.ts')
    define({'docent-handovers': HandoversView})
  },
  render: ({context, query}) =>
    html`<docent-handovers .context=${context} .query=${query}></docent-handovers>`,
}

const figures: View = {
  load: async () => {
    const {FiguresView} = await import('./figures/figures-view.ts')
    define({'docent-figures': FiguresView})
  },
  render: ({context, query}) => html`<docent-figures .context=${context} .query=${query}></docent-figures>`,
}

const people: View = {
  load: async () => {
    const {PeopleView} = await import('./people/people-view.ts')
    define({'docent-people': PeopleView})
  },
  render: ({context}) => html`<docent-people .context=${context}></docent-people>`,
}

const audit: View = {
  load: async () => {
    const {AuditView} = await import('./people/audit-view.ts')
    define({'docent-audit': AuditView})
  },
  render: ({context, query}) => html`<docent-audit .context=${context} .query=${query}></docent-audit>`,
}

/** Support staff make golden questions, and see no other view of the docs team. */
const goldenList: View = {
  permission: 'read_golden',
  load: loadGolden,
  render: ({context, query}) => html`<docent-golden .context=${context} .query=${query}></docent-golden>`,
}

const newGolden: View = {
  permission: 'add_golden',
  load: loadGolden,
  render: ({context, query}) =>
    html`<docent-new-golden .context=${context} .query=${query}></docent-new-golden>`,
}

async function loadGolden(): Promise<void> {
  const {GoldenView, NewGolden} = await import('./golden/part.ts')
  define({'docent-golden': GoldenView, 'docent-new-golden': NewGolden})
}

async function loadTranscript(): Promise<void> {
  const {TranscriptView, AnswerText, HandOver} = await import('./transcript/part.ts')
  define({
    'docs-assistant-text': AnswerText,
    'docent-hand-over': HandOver,
    'docent-transcript': TranscriptView,
  })
}

async function loadVerified(): Promise<void> {
  const {AnswerText, Preview, VerifiedForm, VerifiedView} = await import('./verified/part.ts')
  define({
    'docs-assistant-text': AnswerText,
    'docent-preview': Preview,
    'docent-verified': VerifiedView,
    'docent-verified-answer': VerifiedForm,
  })
}

async function loadGaps(): Promise<void> {
  define((await import('./gaps/part.ts')).gapsElements)
}

/** The sections, in the order of the navigation. The first that somebody may open is where they begin. */
export const sections: readonly Section[] = [
  {
    name: 'transcripts',
    label: 'Transcripts',
    permission: 'read_transcripts',
    viewOf([answerId, ...more]) {
      if (answerId === undefined) return transcriptList
      if (more.length > 0) return null
      if (answerId === 'handovers') return handoverList
      return {
        load: loadTranscript,
        render: ({context}) =>
          html`<docent-transcript .context=${context} .answerId=${answerId}></docent-transcript>`,
      }
    },
  },
  {
    name: 'docs',
    label: 'Docs',
    permission: 'read_builds',
    viewOf: docsViewOf,
  },
  {
    name: 'gaps',
    label: 'Gaps',
    permission: 'read_gaps',
    viewOf(rest) {
      if (rest.length > 1) return null
      return {
        load: loadGaps,
        render: ({context, query, arrival}) =>
          rest.length === 0
            ? html`<docent-gaps .context=${context} .query=${query} .arrival=${arrival}></docent-gaps>`
            : html`<docent-gap .context=${context} .query=${query} .rest=${rest}></docent-gap>`,
      }
    },
  },
  {
    name: 'figures',
    label: 'Figures',
    permission: 'read_figures',
    viewOf: (rest) => (rest.length === 0 ? figures : null),
  },
  {
    name: 'verified',
    label: 'Verified',
    permission: 'propose_verified',
    viewOf([name, ...more]) {
      if (more.length > 0) return null
      return {
        load: loadVerified,
        render: ({context, query}) =>
          name === undefined
            ? html`<docent-verified .context=${context} .query=${query}></docent-verified>`
            : html`<docent-verified-answer .context=${context} .name=${name} .query=${query}></docent-verified-answer>`,
      }
    },
  },
  {
    name: 'people',
    label: 'People',
    permission: 'manage_people',
    viewOf: (rest) => (rest.length === 0 ? people : null),
  },
  {
    name: 'audit',
    label: 'Audit log',
    permission: 'read_audit',
    viewOf: (rest) => (rest.length === 0 ? audit : null),
  },
]

/** Reindex, builds, search and coverage are one part: whoever works on the docs goes from one to the other. */
function docsViewOf(rest: readonly string[]): View | null {
  const [tab, id, more, ...others] = rest
  if (others.length > 0) return null
  if (tab === undefined)
    return docsPart(
      ({context, query}) => html`<docent-reindex .context=${context} .query=${query}></docent-reindex>`,
    )
  if (tab === 'builds' && more === 'changes')
    return docsPart(
      ({context, query}) =>
        html`<docent-changes .context=${context} .query=${query} .rest=${rest}></docent-changes>`,
    )
  if (more !== undefined) return null
  if (tab === 'golden' && (id === undefined || id === 'new')) return id === undefined ? goldenList : newGolden
  if (tab === 'builds' && id !== undefined)
    return docsPart(
      ({context, query}) =>
        html`<docent-build .context=${context} .query=${query} .rest=${rest}></docent-build>`,
    )
  if (id !== undefined) return null
  if (tab === 'builds')
    return docsPart(
      ({context, query}) => html`<docent-builds .context=${context} .query=${query}></docent-builds>`,
    )
  if (tab === 'search')
    return docsPart(
      ({context, query}) => html`<docent-search .context=${context} .query=${query}></docent-search>`,
    )
  if (tab === 'coverage')
    return docsPart(
      ({context, query}) => html`<docent-coverage .context=${context} .query=${query}></docent-coverage>`,
    )
  return null
}

function docsPart(render: View['render']): View {
  return {load: loadDocs, render}
}

async function loadDocs(): Promise<void> {
  define((await import('./docs/part.ts')).docsElements)
}

/** Elements of a part that was already loaded stay. */
function define(elements: Readonly<Record<string, CustomElementConstructor>>): void {
  for (const [name, element] of Object.entries(elements)) {
    if (customElements.get(name) === undefined) customElements.define(name, reporting(element))
  }
}

/** An error while an element draws is also an event, `view-failed`: without it, what was drawn before would stay. */
function reporting(element: CustomElementConstructor): CustomElementConstructor {
  if (!(element.prototype instanceof LitElement)) return element
  return class extends (element as new () => LitElement) {
    protected override performUpdate(): void {
      try {
        super.performUpdate()
      } catch (error) {
        this.dispatchEvent(new CustomEvent('view-failed', {bubbles: true}))
        throw error
      }
    }
  }
}
