// Entry of every page. It connects the tab, hands the actions to the page and to automation, and
// draws what the URL asks for.
import { exposeToAutomation } from './automation.ts';
import { provideActions } from './actions.ts';
import { mountPage } from './mount-page.tsx';
import { connectTab } from './tab/connect-tab.ts';

const actions = connectTab();
provideActions(actions);
exposeToAutomation(actions);
mountPage(document.getElementById('root')!);
