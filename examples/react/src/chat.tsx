import {useChat} from '@ai-sdk/react'
import {DefaultChatTransport} from 'ai'
import {type FormEvent, useEffect, useState} from 'react'
import {type DocentMessage, docentUrl, problemOf, stopAnswer} from './docent.ts'
import {Message} from './message.tsx'
import {forgetChat, loadChat, saveChat} from './stored-chat.ts'

const stored = loadChat()
const transport = new DefaultChatTransport<DocentMessage>({
  api: `${docentUrl}/api/chat`,
  // Citations at the end of each text, as AI SDK 7 has them; leave it out for earlier versions.
  body: {textEndCitations: true},
})

export function Chat() {
  const {id, messages, status, error, sendMessage, regenerate} = useChat<DocentMessage>({
    id: stored.id,
    messages: stored.messages,
    transport,
    // Reads on after a reload, if an answer is being written.
    resume: true,
  })
  const [question, setQuestion] = useState('')
  const isBusy = status === 'submitted' || status === 'streaming'
  const last = messages.at(-1)

  useEffect(() => saveChat({id, messages}), [id, messages])

  function ask(event: FormEvent) {
    event.preventDefault()
    if (question.trim() === '' || isBusy) return
    void sendMessage({text: question})
    setQuestion('')
  }

  return (
    <main>
      <h1>Ask the docs</h1>
      {messages.map((message) => (
        <Message key={message.id} message={message} />
      ))}
      {error !== undefined && (
        <p className="problem" role="alert">
          {problemOf(error)}{' '}
          <button type="button" onClick={() => void regenerate()}>
            Try again
          </button>
        </p>
      )}
      <form onSubmit={ask}>
        <input
          aria-label="Your question"
          placeholder="How do I…"
          value={question}
          onChange={(event) => setQuestion(event.target.value)}
        />
        {isBusy ? (
          // The stream is still read: its end says that it was stopped.
          <button
            type="button"
            onClick={() =>
              void stopAnswer(id, last?.role === 'assistant' ? last.metadata?.answerId : undefined)
            }
          >
            Stop
          </button>
        ) : (
          <button type="submit">Ask</button>
        )}
      </form>
      {messages.length > 0 && !isBusy && (
        <button
          type="button"
          onClick={() => {
            forgetChat()
            location.reload()
          }}
        >
          New chat
        </button>
      )}
    </main>
  )
}
