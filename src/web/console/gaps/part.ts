import {GapView} from './gap-view.ts'
import {GapWork} from './gap-work.ts'
import {GapsView} from './gaps-view.ts'
import {GoldenForm} from './golden-form.ts'

/** What the docs fail to answer, in a script of its own. */
export const gapsElements: Readonly<Record<string, CustomElementConstructor>> = {
  'docent-gap-work': GapWork,
  'docent-gap-golden': GoldenForm,
  'docent-gap': GapView,
  'docent-gaps': GapsView,
}
