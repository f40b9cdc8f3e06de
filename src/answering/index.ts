export type {Answering, AskResult, ChatAnswer} from './answering.ts'
export {type AnsweringOptions, createAnswering} from './create-answering.ts'
