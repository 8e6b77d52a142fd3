"""Sentiment, language and intents: text models, their data and their cards."""
