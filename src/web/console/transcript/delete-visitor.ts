import {messageOf} from '../api.ts'
import type {ConsoleContext} from '../context.ts'
import {count} from '../format.ts'
import {pathOfList} from '../router.ts'
import type {TranscriptPage} from '../wire.ts'

/** Thousands of answers take a while. */
const timeLimitMs = 10 * 60_000

/** Deletes all answers to one address, once somebody has read how many they are and whose they may be. */
export async function deleteAllFrom(visitor: string, context: ConsoleContext): Promise<void> {
  const {confirm, api, announce, lists, router} = context
  try {
    const {total} = await api.send<TranscriptPage>(
      `/transcripts?${new URLSearchParams({visitor, limit: '1'})}`,
    )
    const answers = total?.answers ?? 0
    const number = `${total?.isExact === false ? 'More than ' : ''}${count(answers)} ${answers === 1 ? 'answer' : 'answers'}`
    const question = {
      title: 'Delete everything from this address?',
      text: `${number} with questions, texts, events and reviews are removed for good, for the visitors as well. People behind one network, as a household or an office, share an address: the answers may be those of several. Whoever has changed the address since has answers under another one.`,
      action: `Delete ${number.toLowerCase()} for good`,
    }
    if (!(await confirm(question))) return
    const rest = await api.send<{readonly deleted: number; readonly erased?: boolean}>(
      `/visitors/${encodeURIComponent(visitor)}`,
      {method: 'DELETE', timeLimitMs},
    )
    const query = lists.current?.query ?? ''
    lists.clear()
    router.go(pathOfList(new URLSearchParams(query).has('visitor') ? '' : query))
    const gone = `Deleted ${count(rest.deleted)} ${rest.deleted === 1 ? 'answer' : 'answers'}`
    announce(
      rest.erased === false
        ? `${gone}. Copies stay on the disk until another process that reads them ends.`
        : gone,
    )
  } catch (error) {
    announce(messageOf(error))
  }
}
