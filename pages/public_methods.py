"""The public's methods: how people are protected, the policy in plain words, every table."""

import streamlit as st

from ui.frame.language import say
from ui.public import public_frame, public_methods, public_protect

found = public_frame.read_choice()
public_frame.head(say("methods.title"))
public_methods.check(found)
public_protect.show_protection(found)
st.header(say("methods.rules"), anchor=False)
public_methods.rules(found)
public_methods.link_corrections(found)
st.header(say("methods.example"), anchor=False)
public_methods.example(found)
st.header(say("spent.title"), anchor=False)
public_methods.spent(found)
st.header(say("methods.tables"), anchor=False)
public_methods.tables(found)
st.header(say("policy.title"), anchor=False)
public_methods.parameters(found)
public_frame.public_foot(found, (found.path,))
