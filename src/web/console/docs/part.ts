import {BuildView} from './build-view.ts'
import {BuildsView} from './builds-view.ts'
import {ChangesView} from './changes-view.ts'
import {Clock} from './clock.ts'
import {ClosedGaps} from './closed-gaps.ts'
import {CoverageView} from './coverage-view.ts'
import {ReindexView} from './reindex-view.ts'
import {SearchView} from './search-view.ts'

/** The elements of the section for the docs team. */
export const docsElements: Readonly<Record<string, CustomElementConstructor>> = {
  'docent-clock': Clock,
  'docent-closed-gaps': ClosedGaps,
  'docent-reindex': ReindexView,
  'docent-builds': BuildsView,
  'docent-build': BuildView,
  'docent-changes': ChangesView,
  'docent-search': SearchView,
  'docent-coverage': CoverageView,
}
