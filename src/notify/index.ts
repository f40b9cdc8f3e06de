export {
  type Notifier,
  type NotifyData,
  type NotifyEvent,
  notifyEvents,
  openNotifier,
  receiverOf,
} from './notifier.ts'
export {type Message, type Outbox, openOutbox} from './outbox.ts'
export {openPostgresOutbox, type PostgresOutboxOptions} from './postgres/open-postgres-outbox.ts'
export {createReports, type Reports} from './reports.ts'
