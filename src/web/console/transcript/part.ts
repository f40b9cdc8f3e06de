/** The view of one transcript, in a script of its own: lists need neither the answers' text nor the replay. */
export {AnswerText} from '../../assistant/answer-text.ts'
export {HandOver} from '../handover/hand-over.ts'
export {TranscriptView} from './transcript-view.ts'
