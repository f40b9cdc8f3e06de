import {openOutbox} from '../../src/notify/index.ts'
import {outboxContract} from '../contracts/outbox.contract.ts'

outboxContract('a file', async () => ({
  outbox: openOutbox({file: ':memory:', receivers: ['one', 'two'], maxMessages: 3}),
  close: async () => {},
}))
