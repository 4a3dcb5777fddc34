/** Words of which the names of @pulumi/random's RandomPet are made. The provider has lists of its own, of more words. */
export const adverbs = words(
  "boldly brightly calmly clearly deeply duly evenly fairly firmly freely gently gladly",
);
export const adjectives = words(
  "able amber bold brave brief bright brisk calm clever cool crisp deep eager early fair fine fond free fresh glad grand " +
    "keen kind large light lively lucky mellow mild modest neat nimble noble open plain proud quick quiet rapid ready " +
    "rich safe sharp smart smooth snug solid steady still sunny sure swift tidy vast vivid warm wise witty",
);
export const animals = words(
  "adder ape badger bat bear beaver bee bird bison boar buck camel cat civet cod colt cow crab crane cub deer dingo dodo " +
    "dog dove duck eagle eel elk emu ewe falcon fawn finch fish fly foal fowl fox frog gecko gnat goat goose gull hare " +
    "hawk hen hog horse ibex kid kit kiwi koala lamb lark lion lynx mole moose moth mouse mule newt owl ox panda pig " +
    "pony pug puma quail ram rat raven ray robin seal shad shark shrew skink slug snail snake squid stag stork swan tick " +
    "tiger toad trout viper wasp whale wolf worm wren yak zebra",
);

function words(text: string): readonly string[] {
  return text.split(" ");
}
