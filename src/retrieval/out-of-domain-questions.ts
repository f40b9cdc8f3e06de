/**
 * Questions that hardly any documentation answers. Calibration compares a build's synthetic questions with these; the
 * few that a build does answer are recognised by their features and left out. An unanswered question that resembles
 * the software questions is about another product, one that resembles the others is off topic.
 */
export const everydayQuestions: readonly string[] = `
How long should I boil eggs for a soft yolk?
What is the best time of year to plant tomatoes?
How do I remove a red wine stain from a carpet?
Which vaccinations does a puppy need in its first year?
How much water should an adult drink each day?
What is the capital of Mongolia?
How do I renew my passport while living abroad?
Can I deduct my home office on my tax return?
What causes the northern lights?
How do I treat a mild sunburn?
Who won the football world championship in 1998?
What is the difference between a viola and a violin?
How do I change a flat bicycle tyre?
When do children start to lose their milk teeth?
How does compound interest work on a savings account?
What should I wear to a summer wedding?
Why do cats purr?
How do I get rid of ants in the kitchen?
What is a good recipe for vegetable lasagne?
How many calories are in a banana?
Is it safe to fly during pregnancy?
How do I apply for unemployment benefits?
What documents do I need to buy a house?
Who painted the ceiling of the Sistine Chapel?
How far is the Moon from the Earth?
What are the symptoms of iron deficiency?
How do I train for a half marathon?
Which museums in Paris are free on Sundays?
How do I write a letter of resignation?
What does a notary public do?
How are hurricanes named?
What is the plot of Romeo and Juliet?
How do I repair a leaking tap?
Which trees keep their leaves in winter?
How often should I change the oil in my car?
What is the minimum wage in my state?
How can I improve my sleep?
What do hedgehogs eat?
How do glaciers form?
What was the cause of the first world war?
How do I knit a scarf?
Can you recommend a novel set in Lisbon?
What is the population of Brazil?
How do I dispute a parking ticket?
Why is my sourdough bread so dense?
How do I teach a child to swim?
When does daylight saving time end?
Which planets have rings?
How do I care for an orchid?
What is the speed limit on rural roads?
How do I find a good dentist nearby?
What is the meaning of an estate executor?
How do solar eclipses happen?
How do I cancel my gym membership?
Which spices go well with lamb?
What rights do tenants have when the heating fails?
How do I tune a guitar by ear?
What is the life expectancy of a parrot?
How do I qualify for a student loan?
How do I clean the filter of a tumble dryer?
What is the etiquette at a Japanese tea ceremony?
How do I read a topographic map?
Which vitamins are in spinach?
What are the rules of badminton?
How is cheese made?
`
  .trim()
  .split('\n')

/** About software and devices of many kinds. */
export const softwareQuestions: readonly string[] = `
How do I crop a picture in Photoshop?
How can I freeze the top row in an Excel spreadsheet?
How do I export a timeline from Premiere Pro?
How do I record a macro in Word?
What is the price of a Salesforce licence?
How do I add a customer in QuickBooks?
How do I unlock an Android phone after too many attempts?
How do I pair AirPods with a television?
How can I recover a deleted playlist in Spotify?
How do I merge layers in a CAD drawing?
Why does my printer print blank pages?
How do I set up parental controls on a PlayStation?
How do I configure a VLAN on a Cisco switch?
What is the transaction fee of PayPal for merchants?
How do I ship a parcel from my Shopify store?
How do I create a pivot table in Google Sheets?
How do I schedule a meeting in Outlook?
How do I mute a channel in Slack?
How do I connect Jira to Confluence?
How do I write a stored procedure in Oracle?
How do I tune the garbage collector of the Java virtual machine?
What are goroutines and channels in Go?
How do I create an Arduino sketch that blinks a light?
How do I fit a mixed effects model in R?
How do I build a level in Unreal Engine?
How do I rig a character in Blender?
How do I write a shader in Unity?
How do I partition a disk with fdisk?
How do I configure Asterisk for voice calls?
How do I install a WordPress theme?
How do I design a table in Microsoft Access?
How do I flash a router with custom firmware?
How do I solve a differential equation in MATLAB?
How do I compile LaTeX with a bibliography?
How do I make a chart in Tableau?
What does the SAP payroll module cost?
How do I publish an app on the App Store?
How do I query a Cassandra ring with CQL?
How do I migrate mailboxes to Exchange?
How do I set the resolution of a Raspberry Pi camera?
How do I write a COBOL copybook?
How do I simulate a circuit in SPICE?
How do I configure SSO in Workday?
How do I print a boarding pass from the airline app?
How do I set up a webinar in Zoom?
How do I add subtitles in a video editor?
How do I register a voice command on a smart speaker?
How do I add a clip to a timeline in a video game recorder?
How do I define a recurring invoice in an accounting program?
How do I connect a hearing aid to a mobile phone?
How do I assign a ticket to an agent in Zendesk?
How do I lay out a circuit board in KiCad?
How do I retouch a portrait in Lightroom?
How do I book a room in the hotel management system?
How do I install a graphics driver for a games console?
`
  .trim()
  .split('\n')

export const outOfDomainQuestions: readonly string[] = [...everydayQuestions, ...softwareQuestions]
