export type {Answering, AskResult} from './answering.ts'
export {createAnswering} from './create-answering.ts'
