import type {Language} from '../text/question-language.ts'
import type {BareKind} from './bare-phrases.ts'

/**
 * What is said to a text that asks nothing; `question` asks back where nothing else fits, and `rejection` where a text
 * says only what is not meant.
 */
export type BareReplyLines = Readonly<Record<BareKind | 'question' | 'rejection', string>>

export const bareReplyLines: Readonly<Record<Language, BareReplyLines>> = {
  en: {
    greeting: 'Hello! What would you like to know about these docs?',
    thanks: 'You’re welcome. Ask again whenever you need something else.',
    farewell: 'Goodbye!',
    agreement: 'Good. Ask again whenever you need something else.',
    objection: 'Sorry about that. What was wrong, or could you put the question in other words?',
    help: 'Ask, in your own words, what these docs may answer: how to do something, what a setting or command does, or what an error message means. Answers show the sections they come from.',
    question: 'What would you like to know?',
    rejection: 'What should it be instead?',
  },
  de: {
    greeting: 'Hallo! Was möchten Sie aus dieser Dokumentation wissen?',
    thanks: 'Gern geschehen. Fragen Sie jederzeit weiter.',
    farewell: 'Auf Wiedersehen!',
    agreement: 'Gut. Fragen Sie jederzeit weiter.',
    objection: 'Das tut mir leid. Was war falsch, oder können Sie die Frage anders formulieren?',
    help: 'Fragen Sie in eigenen Worten, was diese Dokumentation beantworten kann: wie etwas geht, was eine Einstellung oder ein Befehl tut oder was eine Fehlermeldung bedeutet. Antworten zeigen die Abschnitte, aus denen sie stammen.',
    question: 'Was möchten Sie wissen?',
    rejection: 'Was soll es stattdessen sein?',
  },
  es: {
    greeting: '¡Hola! ¿Qué quiere saber de esta documentación?',
    thanks: 'De nada. Pregunte de nuevo cuando lo necesite.',
    farewell: '¡Hasta luego!',
    agreement: 'Bien. Pregunte de nuevo cuando lo necesite.',
    objection: 'Lo siento. ¿Qué estaba mal, o puede formular la pregunta con otras palabras?',
    help: 'Pregunte con sus propias palabras lo que esta documentación pueda responder: cómo hacer algo, qué hace un ajuste o un comando, o qué significa un mensaje de error. Las respuestas muestran las secciones de las que proceden.',
    question: '¿Qué quiere saber?',
    rejection: '¿Qué debe ser en su lugar?',
  },
  fr: {
    greeting: 'Bonjour ! Que souhaitez-vous savoir sur cette documentation ?',
    thanks: 'Avec plaisir. N’hésitez pas à poser d’autres questions.',
    farewell: 'Au revoir !',
    agreement: 'Bien. N’hésitez pas à poser d’autres questions.',
    objection: 'Désolé. Qu’est-ce qui n’allait pas, ou pouvez-vous reformuler la question ?',
    help: 'Demandez, avec vos propres mots, ce à quoi cette documentation peut répondre : comment faire quelque chose, ce que fait un réglage ou une commande, ou ce que signifie un message d’erreur. Les réponses montrent les sections dont elles proviennent.',
    question: 'Que souhaitez-vous savoir ?',
    rejection: 'Que faut-il à la place ?',
  },
  ja: {
    greeting: 'こんにちは。このドキュメントについて何を知りたいですか？',
    thanks: 'どういたしまして。ほかにも質問があれば、いつでもどうぞ。',
    farewell: 'さようなら。',
    agreement: 'よかったです。ほかにも質問があれば、いつでもどうぞ。',
    objection: '申し訳ありません。どこが違っていましたか？ 別の言葉で質問していただけますか？',
    help: 'このドキュメントが答えられそうなことを、ご自分の言葉で質問してください。手順、設定やコマンドの働き、エラーメッセージの意味などです。回答には元になったセクションが示されます。',
    question: '何を知りたいですか？',
    rejection: '代わりに何をお探しですか？',
  },
  zh: {
    greeting: '您好！您想了解这份文档的哪些内容？',
    thanks: '不客气。有其他问题随时可以问。',
    farewell: '再见！',
    agreement: '好的。有其他问题随时可以问。',
    objection: '抱歉。哪里不对，或者您能换一种说法提问吗？',
    help: '请用您自己的话提问这份文档可能回答的内容：如何做某事、某个设置或命令的作用，或者某条错误信息的含义。回答会显示它所依据的章节。',
    question: '您想了解什么？',
    rejection: '那么应该是什么？',
  },
  ar: {
    greeting: 'مرحبا! ماذا تريد أن تعرف عن هذه الوثائق؟',
    thanks: 'على الرحب والسعة. اسأل مرة أخرى متى شئت.',
    farewell: 'مع السلامة!',
    agreement: 'جيد. اسأل مرة أخرى متى شئت.',
    objection: 'عذرا. ما الخطأ، أو هل يمكنك صياغة السؤال بكلمات أخرى؟',
    help: 'اسأل بكلماتك عما قد تجيب عنه هذه الوثائق: كيف تفعل شيئا، أو ما وظيفة إعداد أو أمر، أو ما معنى رسالة خطأ. تعرض الإجابات الأقسام التي أخذت منها.',
    question: 'ماذا تريد أن تعرف؟',
    rejection: 'ماذا تقصد بدلا من ذلك؟',
  },
}
