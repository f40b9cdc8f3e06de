import type {PageLink, PartialFinish} from '../../domain/index.ts'
import {escapedMarkdown} from '../../lib/citation-links.ts'
import {cleanLine} from '../../lib/clean-text.ts'
import {sectionAddress} from '../../lib/section-address.ts'
import {type Language, languageOfFirst} from '../../text/question-language.ts'

/** What Docent itself says where an answer has no words of its own, for clients that show nothing but text. */
interface EndingWords {
  readonly abstained: string
  /** Before the list of pages. */
  readonly nearest: string
  readonly partial: Readonly<Record<PartialFinish, string>>
}

const words: Readonly<Record<Language, EndingWords>> = {
  en: {
    abstained: 'The documentation does not seem to answer this.',
    nearest: 'The nearest pages:',
    partial: {
      refusal: 'The model declined to answer this.',
      max_tokens: 'The answer is not complete: it reached its length limit.',
      context_exceeded: 'The answer is not complete: it reached the limit of the model’s context.',
    },
  },
  de: {
    abstained: 'Die Dokumentation scheint das nicht zu beantworten.',
    nearest: 'Am nächsten kommen diese Seiten:',
    partial: {
      refusal: 'Das Modell hat es abgelehnt, das zu beantworten.',
      max_tokens: 'Die Antwort ist nicht vollständig: Sie hat ihre größte Länge erreicht.',
      context_exceeded: 'Die Antwort ist nicht vollständig: Sie hat die Grenze des Modells erreicht.',
    },
  },
  es: {
    abstained: 'La documentación no parece responder a esto.',
    nearest: 'Las páginas más cercanas:',
    partial: {
      refusal: 'El modelo se ha negado a responder a esto.',
      max_tokens: 'La respuesta no está completa: ha alcanzado su longitud máxima.',
      context_exceeded: 'La respuesta no está completa: ha alcanzado el límite del modelo.',
    },
  },
  fr: {
    abstained: 'La documentation ne semble pas répondre à cette question.',
    nearest: 'Les pages les plus proches :',
    partial: {
      refusal: 'Le modèle a refusé de répondre à cette question.',
      max_tokens: 'La réponse n’est pas complète : elle a atteint sa longueur maximale.',
      context_exceeded: 'La réponse n’est pas complète : elle a atteint la limite du modèle.',
    },
  },
  ja: {
    abstained: 'この質問の答えはドキュメントに見当たりません。',
    nearest: '最も近いページ:',
    partial: {
      refusal: 'モデルはこの質問への回答を控えました。',
      max_tokens: '回答は完全ではありません。長さの上限に達しました。',
      context_exceeded: '回答は完全ではありません。モデルの上限に達しました。',
    },
  },
  zh: {
    abstained: '文档似乎没有回答这个问题。',
    nearest: '最接近的页面：',
    partial: {
      refusal: '模型拒绝回答这个问题。',
      max_tokens: '回答不完整：已达到长度上限。',
      context_exceeded: '回答不完整：已达到模型的上限。',
    },
  },
  ar: {
    abstained: 'يبدو أن التوثيق لا يجيب عن هذا.',
    nearest: 'أقرب الصفحات:',
    partial: {
      refusal: 'رفض النموذج الإجابة عن هذا.',
      max_tokens: 'الإجابة غير مكتملة: بلغت أقصى طول لها.',
      context_exceeded: 'الإجابة غير مكتملة: بلغت حد النموذج.',
    },
  },
}

function wordsFor(question: string, lang: string | null): EndingWords {
  const asked = lang?.split('-')[0] ?? ''
  return Object.hasOwn(words, asked) ? words[asked as Language] : words[languageOfFirst([question]) ?? 'en']
}

export interface AskedIn {
  readonly question: string
  /** BCP 47; null to go by the words of the question. */
  readonly lang: string | null
}

/**
 * An abstention as Markdown, in the language of the question: that the docs do not answer it, and links to the nearest
 * pages.
 * @param nearest with addresses that the reader can open.
 */
export function abstentionMarkdown({question, lang}: AskedIn, nearest: readonly PageLink[]): string {
  const {abstained, nearest: before} = wordsFor(question, lang)
  if (nearest.length === 0) return abstained
  const links = nearest.map(({title, url, section}) => {
    const name = section === undefined ? title : `${title} › ${section.heading}`
    const address = section === undefined ? url : sectionAddress({url, anchor: section.anchor})
    return `- [${escapedMarkdown(cleanLine(name))}](<${address}>)`
  })
  return `${abstained} ${before}\n\n${links.join('\n')}`
}

/** What to say after the text of a partial answer, in the language of the question. */
export function partialWordsFor({question, lang}: AskedIn, finish: PartialFinish): string {
  return wordsFor(question, lang).partial[finish]
}
