export {ChildFailure, type ChildFailureKind, type ChildPool, openChildPool} from './child-pool.ts'
export {IdlePool} from './idle-pool.ts'
export {serveTasks} from './serve-tasks.ts'
