import {useState} from 'react'
import Markdown from 'react-markdown'
import {withCitationMarks} from './citation-marks.ts'
import {type DocentMessage, rate} from './docent.ts'

const stages = {retrieving: 'Looking in the docs…', writing: 'Writing…'} as const

export function Message({message}: {readonly message: DocentMessage}) {
  const {role, parts, metadata} = message
  if (role === 'user') {
    return <p className="question">{parts.map((part) => (part.type === 'text' ? part.text : ''))}</p>
  }
  const sources = parts.filter((part) => part.type === 'source-url')
  const stage = parts.find((part) => part.type === 'data-stage')?.data.stage
  const notices = parts.flatMap((part) => (part.type === 'data-notice' ? [part.data.message] : []))
  const citations = parts.find((part) => part.type === 'data-citations')?.data ?? []
  const cited = new Set(citations.map(({sourceId}) => sourceId))
  const urls = new Map(sources.map(({sourceId, url}) => [sourceId, url]))
  const text = parts
    .filter((part) => part.type === 'text')
    // The text parts of an answer are t1, t2 and so on.
    .map((part, i) => {
      const ofPart = citations.filter(({part: {id}}) => id === `t${i + 1}`)
      return withCitationMarks(part.text, ofPart, urls)
    })
    .join('\n\n')
  return (
    <article className="answer" data-ending={metadata?.ending ?? 'running'}>
      {sources.length > 0 && (
        <ol className="sources" aria-label="Sources">
          {sources.map(({sourceId, url, title}) => (
            <li key={sourceId} className={cited.has(sourceId) ? 'cited' : ''}>
              <a href={url}>{title}</a>
            </li>
          ))}
        </ol>
      )}
      <Markdown>{text}</Markdown>
      {notices.map((notice) => (
        <p key={notice} className="note">
          {notice}
        </p>
      ))}
      {stage !== undefined && stage !== 'ended' && (
        <p className="note" role="status">
          {stages[stage]}
        </p>
      )}
      {metadata?.ending === 'stopped' && <p className="note">You stopped this answer.</p>}
      {metadata?.partial && <p className="note">This answer is not complete.</p>}
      {metadata?.ending === 'complete' && metadata.answerId !== undefined && (
        <Rating answerId={metadata.answerId} />
      )}
    </article>
  )
}

function Rating({answerId}: {readonly answerId: string}) {
  const [isRated, setRated] = useState(false)
  if (isRated) return <p className="note">Thank you.</p>
  const send = async (rating: 'up' | 'down') => setRated(await rate(answerId, rating))
  return (
    <p className="rating">
      <button type="button" onClick={() => send('up')}>
        Helpful
      </button>
      <button type="button" onClick={() => send('down')}>
        Not helpful
      </button>
    </p>
  )
}
