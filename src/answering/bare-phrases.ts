import type {Language} from '../text/question-language.ts'

/** What a text that asks nothing does. */
export type BareKind = 'greeting' | 'thanks' | 'farewell' | 'agreement' | 'objection' | 'help'

const answers = 'that|this|it|the answer|this answer|that answer|your answer'
const bad = 'wrong|incorrect|bad|false|useless|unhelpful'
const good = 'right|correct|true|helpful|it|good|useful|working|helping'

/**
 * Phrases of texts that ask nothing, by language, separated by commas; `(a|b|)` stands for each of its alternatives.
 * Apostrophes say nothing: `thats` is `that's`.
 */
export const barePhrases: Readonly<Record<Language, Readonly<Record<BareKind, string>>>> = {
  en: {
    greeting:
      "hi, hello, hey, hiya, howdy, hi there, hello there, hey there, good morning, good afternoon, good evening, greetings, how are you, what's up, (hi|hello|hey) (bot|docent|assistant)",
    thanks:
      'thanks, thank you, thank u, thx, ty, tysm, tyvm, thanks (bot|docent|assistant), cheers, many thanks, thanks a lot, thanks a million, thanks in advance, thanks for your help, thanks for the help, thank you for your help, thank you for the help, for your help, for the help, no thanks, no thank you, that helped, this helped, much appreciated',
    farewell: 'bye, goodbye, bye bye, see you, see you later, good night, have a nice day, have a good day',
    agreement:
      "ok, okay, k, kk, yes, yep, yeah, yup, sure, right, got it, i see, i understand, understood, great, perfect, cool, nice, awesome, excellent, fine, good, alright, all right, makes sense, that makes sense, that works, it works, it works now, that's it, that's right, (never mind|nevermind|nvm), forget (it|about it)",
    objection: [
      "no, nope, nah, (bad|wrong|incorrect|useless|unhelpful), (bad|wrong) answer, (i|) (don't|do not) think so, i disagree",
      `(that's|it's) (|still|just|completely) (${bad}), (${answers}) (is|was) (|still|just|completely) (${bad})`,
      `(${answers}) (isn't|wasn't) (${good})`,
      `(|that's|it's) (|still) not (${good}), (${answers}) (is|was) (|still) not (${good})`,
      `(|that's|that is|this is|that was|it's) not what i (asked|asked for|meant|want|wanted|need|needed|was looking for)`,
      `(|${answers}) (|still) (didn't|did not|doesn't|does not|don't) (|really) (help|help me|work|answer my question)`,
      "(you're|you are|your|ur) (wrong|mistaken|incorrect)",
    ].join(', '),
    help: '(|can you|could you|would you) help (|me), (can|could|would) you please help (|me), i need help, i have a (|quick) question, (quick|got a) question, (can|could|may) i ask (|you) (something|a question), what can you do, what can i ask, what can i ask you, what do you know, who are you, what are you',
  },
  de: {
    greeting: 'hallo, hi, hey, guten tag, guten morgen, guten abend, moin, servus, grüß gott, grüezi',
    thanks:
      'danke, danke schön, dankeschön, danke sehr, danke dir, vielen dank, besten dank, herzlichen dank, tausend dank, nein danke, danke für die hilfe, danke für deine hilfe, vielen dank für die hilfe, das hat geholfen',
    farewell: 'tschüss, tschüs, auf wiedersehen, bis dann, bis später, gute nacht, ciao, schönen tag',
    agreement:
      'ok, okay, ja, gut, super, alles klar, verstanden, ich verstehe, passt, genau, prima, perfekt, klar, toll, das passt, stimmt',
    objection:
      'nein, nö, falsch, das ist falsch, stimmt nicht, das stimmt nicht, nicht das, das ist es nicht, das war es nicht, das meine ich nicht, das meinte ich nicht, das habe ich nicht gefragt, das war nicht die frage, hilft nicht, das hilft nicht, das hilft mir nicht, funktioniert nicht, das funktioniert nicht, es funktioniert nicht, geht nicht, das geht nicht',
    help: 'hilfe, hilf mir, ich brauche hilfe, kannst du helfen, kannst du mir helfen, können sie mir helfen, was kannst du, was können sie, was kann ich fragen, wer bist du',
  },
  es: {
    greeting: 'hola, buenos días, buenas tardes, buenas noches, buenas, buen día, qué tal',
    thanks:
      'gracias, muchas gracias, mil gracias, muchísimas gracias, no gracias, gracias por la ayuda, gracias por tu ayuda',
    farewell: 'adiós, hasta luego, hasta pronto, chao',
    agreement:
      'ok, okay, sí, vale, bien, perfecto, entendido, de acuerdo, genial, claro, muy bien, ya veo, funciona',
    objection:
      'no, incorrecto, mal, eso no, no es eso, eso no es, está mal, eso está mal, no es correcto, no funciona, eso no funciona, no me sirve, no me ayuda, no es lo que pregunté, eso no es lo que pregunté, no es lo que quería decir',
    help: 'ayuda, ayúdame, necesito ayuda, me puedes ayudar, puedes ayudarme, qué puedes hacer, qué puedo preguntar, quién eres',
  },
  fr: {
    greeting: 'bonjour, salut, bonsoir, coucou',
    thanks:
      "merci, merci beaucoup, merci bien, grand merci, un grand merci, mille mercis, non merci, merci pour l'aide, merci pour votre aide, merci de votre aide",
    farewell: 'au revoir, à bientôt, bonne journée, bonne soirée, bonne nuit, adieu',
    agreement:
      "ok, okay, oui, d'accord, bien, parfait, super, compris, très bien, entendu, je comprends, je vois, ça marche, génial",
    objection:
      "non, faux, c'est faux, ce n'est pas ça, c'est pas ça, pas ça, incorrect, ce n'est pas correct, ça ne marche pas, ça marche pas, ça n'aide pas, ça ne m'aide pas, ce n'est pas ce que j'ai demandé, ce n'est pas ce que je voulais dire",
    help: "aide, à l'aide, aidez moi, aide moi, j'ai besoin d'aide, pouvez vous m'aider, peux tu m'aider, que peux tu faire, que pouvez vous faire, que puis je demander, qui es tu",
  },
  ja: {
    greeting: 'こんにちは, こんばんは, おはよう, おはようございます, はじめまして, やあ',
    thanks:
      'ありがとう, ありがとうございます, ありがとうございました, どうも, どうもありがとう, どうもありがとうございます, どうもありがとうございました, サンキュー, 助かりました',
    farewell: 'さようなら, さよなら, バイバイ, じゃあね, おやすみ, おやすみなさい',
    agreement:
      'はい, うん, わかりました, 分かりました, わかった, 了解, 了解です, なるほど, オーケー, いいね, そうです',
    objection:
      'いいえ, いや, 違う, 違います, ちがう, ちがいます, 間違い, 間違いです, 間違っています, そうじゃない, そうではない, そうではありません, それじゃない, 動かない, 動きません',
    help: 'ヘルプ, 助けて, 助けてください, 手伝って, 手伝ってください, 何ができますか, 何を聞けますか, 何を質問できますか',
  },
  zh: {
    greeting: '你好, 您好, 嗨, 早上好, 下午好, 晚上好, 大家好',
    thanks: '谢谢, 谢谢你, 谢谢您, 多谢, 感谢, 非常感谢, 不用了谢谢, 謝謝',
    farewell: '再见, 拜拜, 晚安, 再見',
    agreement: '好, 好的, 是, 是的, 对, 可以, 行, 明白, 明白了, 知道了, 懂了, 很好',
    objection: '不, 不是, 不对, 错, 错了, 不是这个, 不是这样, 答非所问, 没用, 没有帮助, 不行, 不起作用',
    help: '帮助, 帮帮我, 请帮助我, 救命, 你能做什么, 你会什么, 我能问什么, 我可以问什么, 你是谁',
  },
  ar: {
    greeting: 'مرحبا, أهلا, أهلا وسهلا, السلام عليكم, صباح الخير, مساء الخير',
    thanks: 'شكرا, شكرا جزيلا, شكرا لك, شكرا لكم, لا شكرا',
    farewell: 'مع السلامة, وداعا, إلى اللقاء, تصبح على خير',
    agreement: 'نعم, حسنا, تمام, فهمت, جيد, ممتاز, موافق',
    objection: 'لا, خطأ, هذا خطأ, ليس هذا, ليس صحيحا, هذا غير صحيح, غير صحيح, لا يعمل, هذا لا يساعد',
    help: 'مساعدة, ساعدني, أحتاج مساعدة, ماذا يمكنك أن تفعل, ماذا يمكنني أن أسأل, من أنت',
  },
}

/** Signs that say as much as a phrase. */
export const bareSigns: Readonly<Partial<Record<BareKind, RegExp>>> = {
  objection: /[👎❌🚫😠😡🙄]/u,
  thanks: /[🙏]/u,
  greeting: /[👋]/u,
  agreement: /[👍👌✅🎉❤💯👏😀😃😄😁🙂😊]/u,
}

/** Words that may stand between such phrases and say nothing. */
export const fillers =
  'very much so again there please all everyone everybody team then now really a lot and und y et sehr bitte por favor'
