/** Golden questions of the staff, in a script of their own. */
export {GoldenView} from './golden-view.ts'
export {NewGolden} from './new-golden.ts'
