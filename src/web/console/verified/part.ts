/** Verified answers, in a script of their own. */
export {AnswerText} from '../../assistant/answer-text.ts'
export {Preview} from './preview.ts'
export {VerifiedForm} from './verified-form.ts'
export {VerifiedView} from './verified-view.ts'
