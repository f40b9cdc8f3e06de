export type {Answering, AskResult} from './answering.ts'
export {type AnsweringOptions, createAnswering} from './create-answering.ts'
