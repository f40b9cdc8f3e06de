export {
  type Notifier,
  type NotifyData,
  type NotifyEvent,
  notifyEvents,
  openNotifier,
  receiverOf,
} from './notifier.ts'
export {openOutbox} from './outbox.ts'
export {createReports, type Reports} from './reports.ts'
