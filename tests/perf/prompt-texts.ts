/** The text that prompts are cut from; it has no end that a model would take for one. */
export const STORY =
  'The history of the sea is the history of the people who lived beside it. In the morning the boats went ' +
  'out past the harbour wall, and the wind carried the voices of the crews back to the town. Children ran ' +
  'along the stones and counted the sails. By noon the market was full of fish, salt, rope and cloth, and ' +
  'traders from distant islands argued about prices in four languages. An old captain kept a notebook in ' +
  'which he wrote the height of every tide, the colour of the sky at dawn, and the name of each ship that ' +
  'entered the bay. He believed that careful records would one day explain the storms. His daughter, who ' +
  'studied mathematics, drew curves through his numbers and showed that the highest waters followed the ' +
  'moon by two days. She built a wooden machine with brass wheels that turned at different speeds, and ' +
  'with it she could predict the tide for any day of the coming year. The council did not trust the ' +
  'machine at first, yet after it warned them of a flood in the winter they moved the grain to the upper ' +
  'stores and nobody went hungry. From then on the machine stood in the hall of the harbour office, and ' +
  'each evening a clerk set the wheels and copied the result on a slate for the fishermen to read. Years ' +
  'later a visitor from the capital asked how such a small town had come to own so precise an instrument. ' +
  'The clerk answered that it was made from patience, brass and a long list of numbers, and that anyone ' +
  'could build one who was willing to watch the water every day. The visitor laughed, but he stayed for a ' +
  'month, measured the wheels, and carried a drawing of them home. Within ten years there were machines of ' +
  'the same kind in every port along the coast, each one adjusted to the shape of its own bay. ';

/** What the person says in the turns after the first. */
export const TURNS: readonly string[] = [
  'That is a good beginning. Now tell me what the old captain wrote in his notebook on the night of the ' +
    'great storm, who read it in the morning, and why the council was afraid of what it said. Please name at ' +
    'least two people of the town and describe the weather.',
  'I liked that part. Next, let the daughter build a second machine that is smaller than the first one, ' +
    'and let her carry it across the bay in a boat during the winter. Say what the fishermen thought of it, ' +
    'and whether the brass wheels were damaged by the salt water.',
  'Good. For the last part, move the story forward by thirty years. The town has grown, the harbour wall ' +
    'is higher, and nobody remembers how the machine was made. A child finds the drawing of the wheels in a ' +
    'cellar. What does the child do, and who helps with the work?',
];

/** Candidates for words that are one token. */
export const WORDS: readonly string[] = (
  'sea wind boat town wall stone fish salt ship moon tide sky dawn storm water wood wheel clock light ' +
  'house road hill tree bird rain snow sand rock wave night day year hand head voice book paper name list ' +
  'line door room fire glass gold iron bread horse field river bridge garden mountain island north south ' +
  'east west king queen child mother father brother sister friend music dance song story letter market ' +
  'price money work war peace'
).split(' ');
