export {
  type Notifier,
  type NotifyData,
  type NotifyEvent,
  notifyEvents,
  openNotifier,
  receiverOf,
} from './notifier.ts'
export {type Outbox, openOutbox} from './outbox.ts'
export {createReports, type Reports} from './reports.ts'
