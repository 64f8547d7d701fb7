/// <reference path="../src/vite-env.d.ts" />
import { dedicatedHubScope } from '../src/rpc/hub/hub-scope.ts';
import { startHub } from './compose-hub.ts';

startHub(dedicatedHubScope(self));
