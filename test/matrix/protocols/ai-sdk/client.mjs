// @ts-nocheck: it is for any version of `ai`, and none of its types.
/**
 * A page with the AI SDK, without the page: asks everything that `protocolQuestions` has with the chat of one version of
 * `ai`, and prints what it saw as one line of JSON. It runs on any version of Node and imports nothing of Docent.
 *
 * Usage: node client.mjs URL-OF-AI URL-OF-SERVER URL-OF-STRICT-SERVER QUESTIONS
 */
const [aiUrl, url, strictUrl, questionsJson] = process.argv.slice(2)
const {AbstractChat, DefaultChatTransport} = await import(aiUrl)
const questions = JSON.parse(questionsJson)

class State {
  status = 'ready'
  error = undefined
  messages
  constructor(messages) {
    this.messages = messages
  }
  pushMessage = (message) => {
    this.messages = [...this.messages, message]
  }
  popMessage = () => {
    this.messages = this.messages.slice(0, -1)
  }
  replaceMessage = (index, message) => {
    this.messages = [
      ...this.messages.slice(0, index),
      structuredClone(message),
      ...this.messages.slice(index + 1),
    ]
  }
  snapshot = (value) => structuredClone(value)
}

class Chat extends AbstractChat {
  finished = []
  data = []
  constructor({base = url, id, messages = [], body = {}}) {
    super({
      id,
      transport: new DefaultChatTransport({api: `${base}/api/chat`, body}),
      state: new State(messages),
      onError: () => {},
      onData: (part) => this.data.push(part.type),
      onFinish: ({isAbort, isDisconnect, isError}) => this.finished.push({isAbort, isDisconnect, isError}),
    })
  }
  get reply() {
    const last = this.messages.at(-1)
    return last?.role === 'assistant' ? last : null
  }
}

let chats = 0
/** Random, as those of the SDK. */
const newId = () => `Ab1Cd2Ef3Gh4Ij5K${++chats}x${Math.random().toString(36).slice(2)}`

const seen = (chat) => ({
  status: chat.status,
  error: chat.error?.message ?? null,
  message: chat.reply,
  finished: chat.finished.at(-1) ?? null,
  count: chat.messages.length,
})

async function until(condition) {
  for (let i = 0; i < 600 && !condition(); i++) await new Promise((resolve) => setTimeout(resolve, 50))
  if (!condition()) throw new Error(`waited in vain for ${condition}`)
}

const textOf = (message) =>
  (message?.parts ?? []).flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('')

async function ask(question, options = {}) {
  const chat = new Chat({id: newId(), ...options})
  await chat.sendMessage({text: question})
  return chat
}

const results = {}
const cited = await ask(questions.cited)
results.cited = seen(cited)
await cited.sendMessage({text: questions.cited})
results.again = seen(cited)
await cited.regenerate()
results.regenerated = seen(cited)
results.withTextEndCitations = await ask(questions.cited, {body: {textEndCitations: true}}).then(seen)
results.abstained = seen(await ask(questions.abstained))
results.declined = seen(await ask(questions.declined))
results.broken = seen(await ask(questions.broken))

// Stopped for good: the server ends the answer, and the stream that is still open says so.
{
  const chat = new Chat({id: newId()})
  const sending = chat.sendMessage({text: questions.endless})
  await until(() => textOf(chat.reply).includes('word 2'))
  const response = await fetch(`${url}/api/chat/${chat.id}/stop`, {
    method: 'POST',
    headers: {'content-type': 'application/json'},
    body: JSON.stringify({activeStreamId: chat.reply.id}),
  })
  await sending
  const after = await fetch(`${url}/api/chat/${chat.id}/stream`)
  results.stopped = {...seen(chat), stop: await response.json(), streamStatus: after.status}
}

// The page is loaded anew while the answer is written: its messages end with the question.
{
  const first = new Chat({id: newId()})
  void first.sendMessage({text: questions.slow}).catch(() => {})
  await until(() => textOf(first.reply).includes('word 3'))
  const messageId = first.reply.id
  await first.stop()
  const second = new Chat({id: first.id, messages: first.messages.filter(({role}) => role === 'user')})
  await second.resumeStream()
  // Version 5.0.0 returns before the stream has ended.
  await until(() => second.reply?.metadata?.ending !== undefined)
  results.resumed = {...seen(second), sameId: second.reply.id === messageId}
  const third = await fetch(`${url}/api/chat/${first.id}/stream`)
  results.readToTheEnd = {status: third.status}
}

{
  const chat = new Chat({id: newId()})
  await chat.resumeStream()
  results.nothingToResume = {...seen(chat), count: chat.messages.length}
}

results.refused = await (async () => {
  await ask(questions.cited, {base: strictUrl})
  return seen(await ask(questions.cited, {base: strictUrl}))
})()
results.tooLarge = seen(await ask(`Why? ${'x'.repeat(600_000)}`))

console.log(JSON.stringify(results))
