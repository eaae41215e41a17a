#pragma once

// The front door of the status page: what the public may know, computed from the cloud, what was
// measured and what was declared. web/ turns it into pages.
#include "status_page/badge.h"
#include "status_page/calendar.h"
#include "status_page/days.h"
#include "status_page/declarations.h"
#include "status_page/feeds.h"
#include "status_page/incidents.h"
#include "status_page/indicator.h"
#include "status_page/local_days.h"
#include "status_page/model.h"
#include "status_page/narrative.h"
#include "status_page/row_events.h"
#include "status_page/statuspage_v2.h"
#include "status_page/tenants.h"
#include "status_page/timeline.h"
#include "status_page/view.h"
#include "status_page/words.h"
