#pragma once

#include <span>
#include <string>
#include <string_view>

#include "notifications/letters/letter.h"

// What a chat room gets through its incoming webhook. No one body is documented to be taken by
// both kinds of rooms: Slack and those that follow it (Mattermost, Rocket.Chat, Google Chat) read
// {"text": …}, the workflows of Microsoft Teams an Adaptive Card. Whatever a person or a
// configuration wrote arrives as it reads: it calls nobody, and hides no link behind other words.
namespace nocturn::notifications {

enum class ChatRoom { text, adaptive_card };

// By the webhook's host: a card for those of Microsoft, text for every other.
ChatRoom chat_room_of(std::string_view url);

// A JSON object for Content-Type application/json, at most 25 KB; the first 10 rows, and how many
// more there are. `mine` as for letter(). Pure.
std::string chat_body(const Occasion& occasion, const Telling& telling,
                      std::span<const ToldRow> mine, ChatRoom room);

}  // namespace nocturn::notifications
